/// @file
/// The layout of a type as text, and its fingerprint: equal for every compiler and machine.
///
///     bank::Deposited/1{i64,text}
///
/// A struct is its name, version and fields (`name=` before those adapted for Boost.Hana);
/// `*` in place of the fields when it has functions for cereal of its own, `^` when it stands
/// within itself. The address of an actor is `ref<its protocol>`, of an asker `reply<the answer>`.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "casty/wire/members.hpp"
#include "casty/wire/schema.hpp"
#include "casty/wire/serializable.hpp"
#include "casty/wire/shapes.hpp"

namespace casty::wire {

namespace detail {

// Where a description goes: its length, its hash, or its characters.
struct text_length {
  std::size_t value = 0;
  constexpr void put(std::string_view text) noexcept { value += text.size(); }
};
template <std::size_t Length>
struct text_of {
  std::array<char, Length> value = {};
  std::size_t used = 0;
  constexpr void put(std::string_view text) noexcept {
    for (const char letter : text) {
      value[used++] = letter;
    }
  }
};

template <class Sink>
constexpr void put_number(Sink& to, std::uint64_t number) {
  char digits[20] = {};
  std::size_t first = sizeof(digits);
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  to.put({digits + first, sizeof(digits) - first});
}

template <class Number>
constexpr std::string_view number_name() noexcept {
  constexpr std::string_view names[] = {"u8",  "i8",  "u16", "i16", "u32",
                                        "i32", "u64", "i64", "f32", "f64"};
  if constexpr (std::is_same_v<Number, bool>) {
    return "bool";
  } else if constexpr (std::is_same_v<Number, char>) {
    return "char";  // signed or not: it is a letter
  } else if constexpr (std::is_floating_point_v<Number>) {
    return sizeof(Number) == 4 ? names[8] : names[9];
  } else {
    constexpr std::size_t power = sizeof(Number) == 1   ? 0
                                  : sizeof(Number) == 2 ? 1
                                  : sizeof(Number) == 4 ? 2
                                                        : 3;
    return names[2 * power + (std::is_signed_v<Number> ? 1 : 0)];
  }
}

template <class Type, class... Above, class Sink>
constexpr void describe(Sink& to);

template <class... Above, class Sink, class... Parts>
constexpr void describe_parts(Sink& to, meta::type_list<Parts...>) {
  bool is_first = true;
  const auto comma = [&] {
    to.put(is_first ? "" : ",");
    is_first = false;
  };
  ((comma(), describe<std::remove_cv_t<Parts>, Above...>(to)), ...);
}

template <class Type, class... Above, class Sink>
constexpr void describe_shaped(Sink& to) {
  to.put(shape<Type>::keyword);
  if constexpr (is_address<Type> && shape<Type>::parts::size == 0) {
    to.put("<");
    to.put(name_of<typename shape<Type>::protocol>);
    to.put(">");
  } else if constexpr (shape<Type>::parts::size != 0) {
    to.put("<");
    describe_parts<Above..., Type>(to, typename shape<Type>::parts{});
    if constexpr (requires { shape<Type>::extent; }) {
      to.put(",");
      put_number(to, shape<Type>::extent);
    }
    if constexpr (requires { shape<Type>::divisor; }) {
      to.put(",");
      put_number(to, shape<Type>::divisor);
    }
    to.put(">");
  }
}

template <class Type, class... Above, class Sink, std::size_t... Positions, class... Fields>
constexpr void describe_fields(Sink& to, std::index_sequence<Positions...>,
                               meta::type_list<Fields...>) {
  [[maybe_unused]] const auto one = [&]<std::size_t Position, class Field>() {
    to.put(Position == 0 ? "" : ",");
    if constexpr (adapted_for_hana<Type>) {
      to.put(member_name<Type, Position>());
      to.put("=");
    }
    describe<Field, Above..., Type>(to);
  };
  (one.template operator()<Positions, Fields>(), ...);
}

template <class Type, class... Above, class Sink>
constexpr void describe(Sink& to) {
  if constexpr (portable_number<Type>) {
    to.put(number_name<Type>());
  } else if constexpr (std::is_enum_v<Type>) {
    to.put("enum<");
    to.put(number_name<std::underlying_type_t<Type>>());
    to.put(">");
  } else if constexpr (shaped<Type>) {
    describe_shaped<Type, Above...>(to);
  } else {
    to.put(name_of<Type>);
    to.put("/");
    put_number(to, version_of<Type>);
    if constexpr (is_among<Type, Above...>) {
      to.put("^");
    } else if constexpr (derived_layout<Type>) {
      to.put("{");
      describe_fields<Type, Above...>(to, std::make_index_sequence<member_count<Type>>{},
                                      members<Type>{});
      to.put("}");
    } else {
      to.put("*");
    }
  }
}

template <class Type>
consteval auto written() {
  constexpr std::size_t length = [] {
    text_length counted;
    describe<Type>(counted);
    return counted.value;
  }();
  text_of<length> text;
  describe<Type>(text);
  return text.value;
}

template <class Type>
inline constexpr auto description_text = written<Type>();

}  // namespace detail

/// 64 bits of a description: FNV-1a (Fowler, Noll, Vo 1991).
[[nodiscard]] constexpr std::uint64_t fingerprint_of_text(std::string_view description) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char letter : description) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
  }
  return hash;
}

/// The layout of `Type` as text.
template <sendable Type>
inline constexpr std::string_view description_of{detail::description_text<Type>.data(),
                                                 detail::description_text<Type>.size()};

template <sendable Type>
inline constexpr std::uint64_t fingerprint_of = fingerprint_of_text(description_of<Type>);

/// True when bytes of the layout `older` can be read as one of the layout `newer`: both are the
/// same but for fields at the end of structs that `older` lacks. Names of structs may differ,
/// their versions may not.
[[nodiscard]] bool extends(std::string_view newer, std::string_view older) noexcept;

}  // namespace casty::wire
