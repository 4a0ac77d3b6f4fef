/// @file
/// A compile-time list of types, and the few questions casty asks of one.
///
/// Layer: meta. Includes the type objects of Boost.Hana, nothing else of it.
#pragma once

#include <utility>

#include <boost/hana/type.hpp>

namespace casty::meta {

/// An ordered list of types. Holds no value: it is only ever a template argument.
template <class... Types>
struct type_list {
  static constexpr unsigned size = sizeof...(Types);
};

namespace detail {

// A Hana type object under its position. A class that inherits all of them
// answers "where does it stand" by one deduction instead of N comparisons.
template <unsigned Position, class Type>
struct element : boost::hana::basic_type<Type> {};

template <class Positions, class... Types>
struct elements;

template <unsigned... Positions, class... Types>
struct elements<std::integer_sequence<unsigned, Positions...>, Types...>
    : element<Positions, Types>... {};

template <unsigned Position>
struct position {
  static constexpr unsigned value = Position;
};

template <class Type, unsigned Position>
position<Position> find(const element<Position, Type>*);

template <unsigned Position, class Type>
boost::hana::basic_type<Type> get(const element<Position, Type>*);

template <class List>
struct indexed;

template <class... Types>
struct indexed<type_list<Types...>> {
  using type = elements<std::make_integer_sequence<unsigned, sizeof...(Types)>, Types...>;
};

template <class List>
inline constexpr const typename indexed<List>::type* in = nullptr;

template <class List, class Type>
concept holds_once = requires { detail::find<Type>(in<List>); };

template <class First, class Second>
struct join_two;

template <class... Firsts, class... Seconds>
struct join_two<type_list<Firsts...>, type_list<Seconds...>> {
  using type = type_list<Firsts..., Seconds...>;
};

}  // namespace detail

/// True when `Type` is exactly one of the types of `List`. False also for a type
/// that is there twice: a list with repetitions is no protocol.
template <class List, class Type>
inline constexpr bool contains = detail::holds_once<List, Type>;

/// Where `Type` stands in `List`, from 0; the size of the list when it is not there.
template <class List, class Type>
inline constexpr unsigned index_of = List::size;

template <class List, class Type>
  requires detail::holds_once<List, Type>
inline constexpr unsigned index_of<List, Type> =
    decltype(detail::find<Type>(detail::in<List>))::value;

/// The type at `Position` of `List`, wrapped as a Hana type object.
template <class List, unsigned Position>
using at = typename decltype(detail::get<Position>(detail::in<List>))::type;

/// The types of `First`, then those of `Second`.
template <class First, class Second>
using join = typename detail::join_two<First, Second>::type;

}  // namespace casty::meta
