/// @file
/// A protocol: the closed set of messages that an actor accepts, as a type.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>

#include "casty/meta/type_list.hpp"

namespace casty {

namespace detail {

// The compiler's own answers first: asked for each message of each protocol, the traits of
// `<type_traits>` take five times as long.
template <class Type>
concept is_class_like = __is_class(Type) || __is_union(Type) || __is_enum(Type);
template <class Type>
concept is_unqualified = !__is_same(Type, const Type) && !__is_same(Type, volatile Type);

}  // namespace detail

/// A value that can travel in a mailbox: an unqualified object type that can be moved
/// or copied into its envelope.
template <class Type>
concept message =
    detail::is_unqualified<Type> &&
    (detail::is_class_like<Type> ||
     (std::is_object_v<Type> && !std::is_pointer_v<Type> && !std::is_array_v<Type>)) &&
    __is_constructible(Type, Type);

// diagnostic
/// Named in the error of a protocol that lists a message twice.
template <class... Repeated>
struct protocol_repeats;

// diagnostic
/// Named in the error of a protocol of what cannot be sent: references, pointers,
/// const types, types that cannot be moved.
template <class... NotMessages>
struct protocol_holds_what_is_no_message;

namespace detail {

struct legal_protocol {};

template <class List, class Type, bool Add>
struct append_if {
  using type = List;
};

template <class... Types, class Type>
struct append_if<meta::type_list<Types...>, Type, true> {
  using type = meta::type_list<Types..., Type>;
};

// The culprits are gathered only for a protocol that is known to be wrong.
template <template <class...> class Diagnostic, class Found, class... Rest>
struct accuse_no_messages;

template <template <class...> class Diagnostic, class... Found>
struct accuse_no_messages<Diagnostic, meta::type_list<Found...>> {
  using type = Diagnostic<Found...>;
};

template <template <class...> class Diagnostic, class Found, class First, class... Rest>
struct accuse_no_messages<Diagnostic, Found, First, Rest...>
    : accuse_no_messages<Diagnostic, typename append_if<Found, First, !message<First>>::type,
                         Rest...> {};

template <class Found, class... Rest>
struct accuse_repeated;

template <class... Found>
struct accuse_repeated<meta::type_list<Found...>> {
  using type = protocol_repeats<Found...>;
};

template <class... Found, class First, class... Rest>
struct accuse_repeated<meta::type_list<Found...>, First, Rest...>
    : accuse_repeated<
          typename append_if<meta::type_list<Found...>, First,
                             (std::is_same_v<First, Rest> || ...) &&
                                 !(std::is_same_v<First, Found> || ...)>::type,
          Rest...> {};

template <bool HoldsMessages, bool Distinct, class... Messages>
struct protocol_verdict {
  using type = legal_protocol;
};

template <bool Distinct, class... Messages>
struct protocol_verdict<false, Distinct, Messages...>
    : accuse_no_messages<protocol_holds_what_is_no_message, meta::type_list<>, Messages...> {};

template <class... Messages>
struct protocol_verdict<true, false, Messages...>
    : accuse_repeated<meta::type_list<>, Messages...> {};

template <class... Messages>
inline constexpr bool all_messages = (message<Messages> && ...);

// Lazily: references cannot be elements of a set.
template <bool AllMessages, class... Messages>
inline constexpr bool all_distinct = false;

template <class... Messages>
inline constexpr bool all_distinct<true, Messages...> =
    (meta::contains<meta::type_list<Messages...>, Messages> && ...);

}  // namespace detail

/// The closed set of messages that one actor accepts. Name it by deriving an empty
/// struct, which keeps errors short and can be declared ahead, or by an alias.
///
/// @tparam Messages  Distinct message types. Their order carries no meaning within a
///                   process.
template <class... Messages>
struct protocol
    : detail::protocol_verdict<
          detail::all_messages<Messages...>,
          detail::all_distinct<detail::all_messages<Messages...>, Messages...>, Messages...>::type {
};

namespace detail {

template <class... Messages>
meta::type_list<Messages...> listed(const volatile protocol<Messages...>*);

template <class Protocol>
struct protocol_messages {
  using type = meta::type_list<Protocol>;
};

// `sizeof` refuses a tag that is only declared: it would pass for a message silently.
template <class Protocol>
  requires std::is_class_v<Protocol> && (sizeof(Protocol) > 0) &&
           requires(const Protocol* tag) { detail::listed(tag); }
struct protocol_messages<Protocol> {
  using type = decltype(detail::listed(static_cast<const Protocol*>(nullptr)));
};

}  // namespace detail

/// The messages of `Protocol` as a `meta::type_list`: those of a `protocol<...>` or of
/// a tag derived from one; any other type is the protocol of that one message.
template <class Protocol>
using messages_of = typename detail::protocol_messages<Protocol>::type;

/// `Protocol` accepts exactly `Message`: no conversion is considered.
template <class Protocol, class Message>
concept accepts = meta::contains<messages_of<Protocol>, Message>;

/// `Message` is one of the messages of `Protocol`.
template <class Message, class Protocol>
concept accepted_by = accepts<Protocol, Message>;

namespace detail {

template <class From, class List>
inline constexpr bool accepts_all = false;

template <class From, class... Messages>
inline constexpr bool accepts_all<From, meta::type_list<Messages...>> =
    (accepts<From, Messages> && ...);

}  // namespace detail

/// Whatever `Part` accepts, `Whole` accepts too: a ref to `Whole` may pass for one to `Part`.
template <class Part, class Whole>
concept part_of = detail::accepts_all<Whole, messages_of<Part>>;

}  // namespace casty
