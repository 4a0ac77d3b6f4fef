/// @file
/// Whether a type can go over the wire; if not, the error names the field that is the reason.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <type_traits>

#include "casty/wire/archive.hpp"
#include "casty/wire/members.hpp"
#include "casty/wire/shapes.hpp"

namespace casty {

/// The place of a field in its struct, from 1.
template <unsigned Position>
struct field;

/// `Type` holds what no byte can carry: the field at that place is, or holds, a `FieldType`,
/// which is neither a number, an enum of a fixed type (`enum class`, `enum e : int`), an aggregate,
/// a container of these, nor known to cereal; or a container of elements that take no byte.
// diagnostic
template <class Type, class Place, class FieldType>
struct cannot_be_serialized;

namespace wire::detail {

struct no_flaw {};
template <class Owner, unsigned Position, class Type>
struct flaw_at {};

// Else its numbers are the compiler's choice, and most of those that come are undefined behavior.
template <class Type>
concept fixed_enum = std::is_enum_v<Type> && requires { Type{std::underlying_type_t<Type>{}}; };

template <class Type, class... Among>
inline constexpr bool is_among = (std::is_same_v<Type, Among> || ...);

template <class Owner, unsigned Position, class... Above>
consteval no_flaw first_flaw(meta::type_list<>) {
  return {};
}

template <class Type, class Owner, unsigned Position, class... Above>
consteval auto flaw_of();

// Of the parts of one field: it is the field that is to blame.
template <class Owner, unsigned Position, class... Above, class First, class... Rest>
consteval auto flaw_of_parts(meta::type_list<First, Rest...>) {
  constexpr auto here = flaw_of<std::remove_cv_t<First>, Owner, Position, Above...>();
  if constexpr (!std::is_same_v<std::remove_cv_t<decltype(here)>, no_flaw> ||
                sizeof...(Rest) == 0) {
    return here;
  } else {
    return flaw_of_parts<Owner, Position, Above...>(meta::type_list<Rest...>{});
  }
}
template <class Owner, unsigned Position, class... Above>
consteval no_flaw flaw_of_parts(meta::type_list<>) {
  return {};
}

template <class Owner, unsigned Position, class... Above, class First, class... Rest>
consteval auto flaw_of_fields(meta::type_list<First, Rest...>) {
  constexpr auto here = flaw_of<First, Owner, Position, Above...>();
  if constexpr (!std::is_same_v<std::remove_cv_t<decltype(here)>, no_flaw> ||
                sizeof...(Rest) == 0) {
    return here;
  } else {
    return flaw_of_fields<Owner, Position + 1, Above...>(meta::type_list<Rest...>{});
  }
}
template <class Owner, unsigned Position, class... Above>
consteval no_flaw flaw_of_fields(meta::type_list<>) {
  return {};
}

template <class Type, class Owner, unsigned Position, class... Above>
consteval auto flaw_of() {
  if constexpr (portable_number<Type> || fixed_enum<Type> || is_among<Type, Above...>) {
    return no_flaw{};
  } else if constexpr (counted<Type> && all_take_no_byte<typename shape<Type>::parts>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (shaped<Type>) {
    return flaw_of_parts<Owner, Position, Above..., Type>(typename shape<Type>::parts{});
  } else if constexpr (!std::is_default_constructible_v<Type> || std::is_pointer_v<Type> ||
                       std::is_array_v<Type> || std::is_enum_v<Type>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (derived_layout<Type>) {
    return flaw_of_fields<Type, 1, Above..., Type>(members<Type>{});
  } else if constexpr (known_to_cereal<Type>) {
    return no_flaw{};
  } else {
    return flaw_at<Owner, Position, Type>{};
  }
}

template <class Owner, unsigned Position, class Type>
cannot_be_serialized<Owner, field<Position>, Type> explain(flaw_at<Owner, Position, Type>);

template <class Type>
using flaw = decltype(flaw_of<Type, Type, 0>());

}  // namespace wire::detail

namespace wire {

/// A value that can be encoded and decoded: numbers (no `long double`, no `wchar_t`), enums of a
/// fixed type, strings, containers, `std::optional`, `std::variant`, tuples, durations,
/// `std::unique_ptr`; aggregates and structs adapted for Boost.Hana of these; and whatever has
/// functions for cereal of its own.
template <class Type>
concept serializable = std::is_same_v<detail::flaw<Type>, detail::no_flaw>;

}  // namespace wire

}  // namespace casty
