/// @file
/// The types of the standard library that go over the wire, and what they are made of.
///
/// Layer: wire. May include core, meta.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "casty/core/reply_to.hpp"
#include "casty/meta/type_list.hpp"

namespace casty::wire::detail {

// Of other types: they are made of nothing that is known here.
template <class Type>
struct shape {
  static constexpr std::string_view keyword = {};
  using parts = meta::type_list<>;
};

template <class... Parts>
struct list_shape {
  static constexpr std::string_view keyword = "list";
  static constexpr bool is_counted = true;
  using parts = meta::type_list<Parts...>;
};
template <class... Parts>
struct set_shape {
  static constexpr std::string_view keyword = "set";
  static constexpr bool is_counted = true;
  using parts = meta::type_list<Parts...>;
};
template <class... Parts>
struct map_shape {
  static constexpr std::string_view keyword = "map";
  static constexpr bool is_counted = true;
  using parts = meta::type_list<Parts...>;
};
template <class... Parts>
struct tuple_shape {
  static constexpr std::string_view keyword = "tuple";
  using parts = meta::type_list<Parts...>;
};
template <class Part>
struct pointer_shape {
  static constexpr std::string_view keyword = "pointer";
  using parts = meta::type_list<Part>;
};

template <class Allocator>
struct shape<std::basic_string<char, std::char_traits<char>, Allocator>> {
  static constexpr std::string_view keyword = "text";
  using parts = meta::type_list<>;
};
template <>
struct shape<std::monostate> {
  static constexpr std::string_view keyword = "nothing";
  using parts = meta::type_list<>;
};

template <class Part, class Allocator>
struct shape<std::vector<Part, Allocator>> : list_shape<Part> {};
template <class Part, class Allocator>
struct shape<std::deque<Part, Allocator>> : list_shape<Part> {};
template <class Part, class Allocator>
struct shape<std::list<Part, Allocator>> : list_shape<Part> {};

template <class Key, class... Rest>
struct shape<std::set<Key, Rest...>> : set_shape<Key> {};
template <class Key, class... Rest>
struct shape<std::multiset<Key, Rest...>> : set_shape<Key> {};
template <class Key, class... Rest>
struct shape<std::unordered_set<Key, Rest...>> : set_shape<Key> {};

template <class Key, class Value, class... Rest>
struct shape<std::map<Key, Value, Rest...>> : map_shape<Key, Value> {};
template <class Key, class Value, class... Rest>
struct shape<std::multimap<Key, Value, Rest...>> : map_shape<Key, Value> {};
template <class Key, class Value, class... Rest>
struct shape<std::unordered_map<Key, Value, Rest...>> : map_shape<Key, Value> {};

template <class First, class Second>
struct shape<std::pair<First, Second>> : tuple_shape<First, Second> {};
template <class First, class... Rest>
struct shape<std::tuple<First, Rest...>> : tuple_shape<First, Rest...> {};

template <class Part>
struct shape<std::unique_ptr<Part>> : pointer_shape<Part> {};

template <class Part>
struct shape<std::optional<Part>> {
  static constexpr std::string_view keyword = "optional";
  using parts = meta::type_list<Part>;
};
template <class... Parts>
struct shape<std::variant<Parts...>> {
  static constexpr std::string_view keyword = "variant";
  using parts = meta::type_list<Parts...>;
};
template <class Part, std::size_t Extent>
  requires(Extent > 0)
struct shape<std::array<Part, Extent>> {
  static constexpr std::string_view keyword = "array";
  static constexpr std::size_t extent = Extent;
  using parts = meta::type_list<Part>;
};
template <class Number, std::intmax_t Numerator, std::intmax_t Denominator>
struct shape<std::chrono::duration<Number, std::ratio<Numerator, Denominator>>> {
  static constexpr std::string_view keyword = "duration";
  static constexpr std::size_t extent = Numerator;
  static constexpr std::size_t divisor = Denominator;
  using parts = meta::type_list<Number>;
};

// Addresses go from node to node, and nowhere else.
template <class Protocol>
struct shape<actor_ref<Protocol>> {
  static constexpr std::string_view keyword = "ref";
  using protocol = Protocol;
  using parts = meta::type_list<>;
};
template <class Answer>
struct shape<reply_to<Answer>> {
  static constexpr std::string_view keyword = "reply";
  using parts = meta::type_list<Answer>;
};

template <class Type>
inline constexpr bool is_address = false;
template <class Protocol>
inline constexpr bool is_address<actor_ref<Protocol>> = true;
template <class Answer>
inline constexpr bool is_address<reply_to<Answer>> = true;

template <class Type>
concept shaped = !shape<Type>::keyword.empty();

// As many as a number says.
template <class Type>
concept counted = requires { shape<Type>::is_counted; };

// Nothing, and tuples and arrays of nothing: what is counted must not be made of it.
template <class Type>
inline constexpr bool takes_no_byte = false;
template <>
inline constexpr bool takes_no_byte<std::monostate> = true;
template <class... Parts>
inline constexpr bool takes_no_byte<std::tuple<Parts...>> = (takes_no_byte<Parts> && ...);
template <class First, class Second>
inline constexpr bool takes_no_byte<std::pair<First, Second>> =
    takes_no_byte<First> && takes_no_byte<Second>;
template <class Part, std::size_t Extent>
inline constexpr bool takes_no_byte<std::array<Part, Extent>> = takes_no_byte<Part>;

template <class Parts>
inline constexpr bool all_take_no_byte = false;
template <class... Parts>
inline constexpr bool all_take_no_byte<meta::type_list<Parts...>> = (takes_no_byte<Parts> && ...);

}  // namespace casty::wire::detail
