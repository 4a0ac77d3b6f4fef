/// @file
/// How the layout of a type is known: by its own functions for cereal, by Boost.Hana, or by
/// Boost.PFR.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/hana/accessors.hpp>
#include <boost/hana/at.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/pfr/core.hpp>
#include <cereal/cereal.hpp>

#include "casty/meta/fields.hpp"
#include "casty/meta/type_list.hpp"
#include "casty/wire/bytes.hpp"
#include "casty/wire/shapes.hpp"

namespace casty::wire {

// Archives that only ask what there is: never written to.
namespace probing {

struct output : cereal::OutputArchive<output> {
  output() : OutputArchive(this) {}
};

template <portable_number Number>
void save(output&, const Number&);
template <class Value>
void save(output&, const cereal::NameValuePair<Value>&);
template <class Size>
void save(output&, const cereal::SizeTag<Size>&);
template <class Number>
void save(output&, const cereal::BinaryData<Number>&);

}  // namespace probing

/// A type that cereal knows how to write, by functions of its own or by cereal's.
template <class Type>
concept known_to_cereal = cereal::traits::is_output_serializable<Type, probing::output>::value;

template <class Type>
concept adapted_for_hana = boost::hana::Struct<Type>::value;

/// A struct whose layout casty derives.
template <class Type>
concept derived_layout = std::is_class_v<Type> && !detail::shaped<Type> && !known_to_cereal<Type> &&
                         (adapted_for_hana<Type> || std::is_aggregate_v<Type>);

namespace detail {

template <class Struct>
constexpr std::size_t count_members() noexcept {
  if constexpr (adapted_for_hana<Struct>) {
    return decltype(boost::hana::length(boost::hana::accessors<Struct>()))::value;
  } else {
    return meta::fields<Struct>::size;
  }
}

template <std::size_t Position, class Struct>
constexpr decltype(auto) member(Struct& of) noexcept {
  using plain = std::remove_cv_t<Struct>;
  if constexpr (adapted_for_hana<plain>) {
    return boost::hana::second(boost::hana::at_c<Position>(boost::hana::accessors<plain>()))(of);
  } else {
    return boost::pfr::get<Position>(of);
  }
}

template <class Struct, class Positions>
struct members_of;
template <class Struct, std::size_t... Positions>
struct members_of<Struct, std::index_sequence<Positions...>> {
  using type = meta::type_list<
      std::remove_cvref_t<decltype(member<Positions>(std::declval<Struct&>()))>...>;
};

// Empty where nobody knows it.
template <class Struct, std::size_t Position>
constexpr std::string_view member_name() noexcept {
  if constexpr (adapted_for_hana<Struct>) {
    constexpr auto name =
        boost::hana::first(boost::hana::at_c<Position>(boost::hana::accessors<Struct>()));
    return {name.c_str(), boost::hana::length(name).value};
  } else {
    return {};
  }
}

}  // namespace detail

template <class Struct>
inline constexpr std::size_t member_count = detail::count_members<Struct>();

/// The types of the fields, in order.
template <class Struct>
using members =
    typename detail::members_of<Struct, std::make_index_sequence<member_count<Struct>>>::type;

/// Calls `use(field)` for each, in order.
template <class Struct, class Use>
constexpr void for_each_member(Struct& of, const Use& use) {
  [&]<std::size_t... Positions>(std::index_sequence<Positions...>) {
    (use(detail::member<Positions>(of)), ...);
  }(std::make_index_sequence<member_count<std::remove_cv_t<Struct>>>{});
}

}  // namespace casty::wire
