/// @file
/// The fields of an aggregate, found by Boost.PFR, and arguments by position.
///
/// Layer: meta. Includes Boost.PFR's core, which is light.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/pfr/core.hpp>

#include "casty/meta/type_list.hpp"

namespace casty::meta {

namespace detail {

template <class Aggregate, class Positions>
struct fields_of;

template <class Aggregate, std::size_t... Positions>
struct fields_of<Aggregate, std::index_sequence<Positions...>> {
  using type = type_list<boost::pfr::tuple_element_t<Positions, Aggregate>...>;
};

template <class Aggregate>
struct fields_or_none {
  using type = type_list<>;
};

template <class Aggregate>
  requires std::is_aggregate_v<Aggregate>
struct fields_or_none<Aggregate>
    : fields_of<Aggregate, std::make_index_sequence<boost::pfr::tuple_size_v<Aggregate>>> {};

template <unsigned Position, class Type>
struct argument {
  Type&& value;
};

}  // namespace detail

/// The types of the fields of `Aggregate`, in order; none for what is no aggregate.
template <class Aggregate>
using fields = typename detail::fields_or_none<Aggregate>::type;

/// Forwarded arguments that can be taken by position, without `<tuple>`.
template <class Positions, class... Types>
struct argument_pack;

template <unsigned... Positions, class... Types>
struct argument_pack<std::integer_sequence<unsigned, Positions...>, Types...>
    : detail::argument<Positions, Types>... {};

/// The argument at `Position`, as it was forwarded.
template <unsigned Position, class Type>
constexpr Type&& take(detail::argument<Position, Type>& from) noexcept {
  return static_cast<Type&&>(from.value);
}

}  // namespace casty::meta
