/// @file
/// Whether a type can go over the wire; if not, the error names the field that is the reason.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <type_traits>

#include "casty/wire/archive.hpp"
#include "casty/wire/members.hpp"
#include "casty/wire/schema.hpp"
#include "casty/wire/shapes.hpp"

namespace casty {

/// The place of a field in its struct, from 1.
template <unsigned Position>
struct field;

/// `Type` holds what no byte can carry: the field at that place is, or holds, a `FieldType`,
/// which is neither a number, an enum of a fixed type (`enum class`, `enum e : int`), an aggregate,
/// a container of these, nor known to cereal; or a container of elements that take no byte;
/// or, in what goes to other nodes, whose name is not the same everywhere (`casty::schema` gives it
/// one).
// diagnostic
template <class Type, class Place, class FieldType>
struct cannot_be_serialized;

namespace wire::detail {

struct no_flaw {};
template <class Owner, unsigned Position, class Type>
struct flaw_at {};

// Else its numbers are the compiler's choice, and most of those that come are undefined behavior.
template <class Type>
concept fixed_enum = std::is_enum_v<Type> && portable_number<std::underlying_type_t<Type>> &&
                     requires { Type{std::underlying_type_t<Type>{}}; };

template <class Type, class... Among>
inline constexpr bool is_among = (std::is_same_v<Type, Among> || ...);

// Where bytes go: to a store, which cannot keep addresses of actors, or to another node.
struct to_store {
  static constexpr bool takes_addresses = false;
};
struct to_node {
  static constexpr bool takes_addresses = true;
};

template <class To, class Type, class Owner, unsigned Position, class... Above>
consteval auto flaw_of();

// Of the parts of one field: it is the field that is to blame.
template <class To, class Owner, unsigned Position, class... Above, class First, class... Rest>
consteval auto flaw_of_parts(meta::type_list<First, Rest...>) {
  constexpr auto here = flaw_of<To, std::remove_cv_t<First>, Owner, Position, Above...>();
  if constexpr (!std::is_same_v<std::remove_cv_t<decltype(here)>, no_flaw> ||
                sizeof...(Rest) == 0) {
    return here;
  } else {
    return flaw_of_parts<To, Owner, Position, Above...>(meta::type_list<Rest...>{});
  }
}
template <class To, class Owner, unsigned Position, class... Above>
consteval no_flaw flaw_of_parts(meta::type_list<>) {
  return {};
}

template <class To, class Owner, unsigned Position, class... Above, class First, class... Rest>
consteval auto flaw_of_fields(meta::type_list<First, Rest...>) {
  constexpr auto here = flaw_of<To, First, Owner, Position, Above...>();
  if constexpr (!std::is_same_v<std::remove_cv_t<decltype(here)>, no_flaw> ||
                sizeof...(Rest) == 0) {
    return here;
  } else {
    return flaw_of_fields<To, Owner, Position + 1, Above...>(meta::type_list<Rest...>{});
  }
}
template <class To, class Owner, unsigned Position, class... Above>
consteval no_flaw flaw_of_fields(meta::type_list<>) {
  return {};
}

// Of a ref: whoever gets it sends what its actor takes.
template <class To, class Ref, class Owner, unsigned Position, class... Above, class... Messages>
consteval auto flaw_of_messages(meta::type_list<Messages...>) {
  return flaw_of_parts<To, Owner, Position, Above..., Ref>(meta::type_list<Messages...>{});
}

// What can be made of bytes: by filling one that is empty, or of all its fields at once.
template <class Type>
inline constexpr bool can_be_made = std::is_default_constructible_v<Type> || is_address<Type> ||
                                    (derived_layout<Type> && !adapted_for_hana<Type>);
template <class Part, class Allocator>
inline constexpr bool can_be_made<std::vector<Part, Allocator>> = can_be_made<Part>;
template <class Part>
inline constexpr bool can_be_made<std::optional<Part>> = can_be_made<Part>;
// What fills one that is empty needs parts that can be empty.
template <class Type>
inline constexpr bool makes_its_parts = false;
template <class Part, class Allocator>
inline constexpr bool makes_its_parts<std::vector<Part, Allocator>> = can_be_made<Part>;
template <class Part>
inline constexpr bool makes_its_parts<std::optional<Part>> = can_be_made<Part>;
template <class Answer>
inline constexpr bool makes_its_parts<reply_to<Answer>> = true;
template <class Type>
inline constexpr bool has_empty_parts = true;
template <class... Parts>
inline constexpr bool has_empty_parts<meta::type_list<Parts...>> =
    (std::is_default_constructible_v<std::remove_cv_t<Parts>> && ...);

template <class To, class Type, class Owner, unsigned Position, class... Above>
consteval auto flaw_of() {
  if constexpr (portable_number<Type> || fixed_enum<Type> || is_among<Type, Above...>) {
    return no_flaw{};
  } else if constexpr (counted<Type> && all_take_no_byte<typename shape<Type>::parts>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (is_address<Type> && !To::takes_addresses) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (requires { typename shape<Type>::protocol; }) {
    return flaw_of_messages<To, Type, Owner, Position, Above...>(
        messages_of<typename shape<Type>::protocol>{});
  } else if constexpr (shaped<Type> && !makes_its_parts<Type> &&
                       !has_empty_parts<typename shape<Type>::parts>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (shaped<Type>) {
    return flaw_of_parts<To, Owner, Position, Above..., Type>(typename shape<Type>::parts{});
  } else if constexpr ((!std::is_default_constructible_v<Type> &&
                        !(To::takes_addresses && can_be_made<Type>)) ||
                       std::is_pointer_v<Type> || std::is_array_v<Type> ||
                       std::is_enum_v<Type>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (To::takes_addresses && !has_a_name<Type>) {
    return flaw_at<Owner, Position, Type>{};
  } else if constexpr (derived_layout<Type>) {
    return flaw_of_fields<To, Type, 1, Above..., Type>(members<Type>{});
  } else if constexpr (known_to_cereal<Type>) {
    return no_flaw{};
  } else {
    return flaw_at<Owner, Position, Type>{};
  }
}

template <class Owner, unsigned Position, class Type>
cannot_be_serialized<Owner, field<Position>, Type> explain(flaw_at<Owner, Position, Type>);

template <class Type, class To = to_store>
using flaw = decltype(flaw_of<To, Type, Type, 0>());

}  // namespace wire::detail

namespace wire {

/// A value that can be encoded and decoded: numbers (no `long double`, no `wchar_t`), enums of a
/// fixed type, strings, containers, `std::optional`, `std::variant`, tuples, durations,
/// `std::unique_ptr`; aggregates and structs adapted for Boost.Hana of these; and whatever has
/// functions for cereal of its own.
template <class Type>
concept serializable = std::is_same_v<detail::flaw<Type>, detail::no_flaw>;

/// What can be sent to another node: the same, and `actor_ref` and `reply_to` whose messages and
/// answers can be sent; these go as addresses. A type that holds them need not be default
/// constructible when it is an aggregate; of containers, `std::vector` and `std::optional` may.
template <class Type>
concept sendable = std::is_same_v<detail::flaw<Type, detail::to_node>, detail::no_flaw>;

}  // namespace wire

}  // namespace casty
