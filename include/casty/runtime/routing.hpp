/// @file
/// How a router chooses: strategies, keys, and messages for all.
///
/// Layer: runtime. May include wire, config, core, meta.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/closure.hpp"
#include "casty/core/protocol.hpp"
#include "casty/core/request.hpp"
#include "casty/core/shared_function.hpp"
#include "casty/core/verdict.hpp"
#include "casty/runtime/timers.hpp"

namespace casty {

/// How a router chooses, and what goes to all.
namespace routing {

struct round_robin_t {};
struct random_t {};
struct least_loaded_t {};
template <class... Keys>
struct consistent_hash_t {
  detail::held_handlers<std::make_integer_sequence<unsigned, sizeof...(Keys)>, Keys...> keys;
};
template <class... Messages>
struct broadcast_t {};

/// One after the other.
inline constexpr round_robin_t round_robin{};
/// Any, with equal chances.
inline constexpr random_t random{};
/// The one with the fewest messages sent and not yet taken; in turn among equals. Among more
/// than 16, the least loaded of the next 16. Routees on threads of their own seem idle, unless
/// their mailboxes have backpressure.
inline constexpr least_loaded_t least_loaded{};

/// The same one for the same key, as long as it lives; when routees come or go, only the keys
/// of those move. Each message has its key by the first function that takes it:
///
/// (const Message&) -> an integer | an enumerator | what converts to std::string_view
///
/// @source  Thaler & Ravishankar 1998, "Using name-based mappings to increase hit rates":
///          rendezvous hashing.
/// @cost    Grows with the number of routees: a few ns each.
template <class... Keys>
[[nodiscard]] constexpr consistent_hash_t<std::decay_t<Keys>...> consistent_hash(Keys&&... keys) {
  return {{{std::forward<Keys>(keys)}...}};
}

/// Messages that go to all routees, by copies: `.broadcast = routing::broadcast<Refresh>`.
template <message... Messages>
inline constexpr broadcast_t<Messages...> broadcast{};

}  // namespace routing

// diagnostic
/// Named in the error of a consistent hash that has no function for the messages listed, or
/// one that gives neither a number nor a text.
template <class Protocol, class... Messages>
struct consistent_hash_lacks_a_key_for;
// diagnostic
/// Named in the error of a broadcast of messages that the protocol lacks, or that cannot be
/// copied.
template <class Protocol, class... Messages>
struct broadcast_needs_copyable_messages_of;
// diagnostic
/// Named in the error of a group by `least_loaded`: its routees live on any thread, where
/// their mailboxes cannot be seen.
template <class Protocol>
struct a_group_cannot_see_loads_use_a_pool;

namespace detail {

enum class routing_kind : std::uint8_t { round_robin, random, least_loaded, consistent_hash };

using copy_function = envelope* (*)(const envelope* original);
using key_function = shared_function<std::uint64_t(envelope*)>;

// What a router goes by.
struct routing_plan {
  const behavior_operations* serves;  // a table for as many messages as the protocol has
  std::uint32_t messages;
  routing_kind kind;
  key_function key;             // of consistent_hash
  const copy_function* copies;  // by message; null where it is no broadcast, or for none
};

[[nodiscard]] std::uint64_t hash_of(std::uint64_t number) noexcept;
[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

template <class Result>
inline constexpr bool is_routing_key = std::is_integral_v<Result> || std::is_enum_v<Result> ||
                                       std::is_convertible_v<Result, std::string_view>;

// The first of `Keys` that takes the message; their number when none does.
template <class Message, class... Keys>
consteval unsigned key_for() {
  unsigned position = 0;
  (void)((std::is_invocable_v<const Keys&, const Message&> || (++position, false)) || ...);
  return position;
}

template <class Message, class... Keys>
consteval bool has_key() {
  if constexpr (constexpr unsigned at = key_for<Message, Keys...>(); at < sizeof...(Keys)) {
    using key = typename nth<at, meta::type_list<Keys...>>::type;
    return is_routing_key<std::remove_cvref_t<std::invoke_result_t<const key&, const Message&>>>;
  } else {
    return false;
  }
}

template <class Held, class Message, class... Keys>
std::uint64_t hash_message(const Held& held, envelope* sealed) {
  const auto& key = handler_at<key_for<Message, Keys...>()>(held);
  const Message& message = message_in<Message>(sealed);
  using result = std::remove_cvref_t<decltype(key(message))>;
  if constexpr (std::is_convertible_v<result, std::string_view>) {
    const auto& text = key(message);  // may own what the view shows
    return hash_of(std::string_view(text));
  } else {
    return hash_of(static_cast<std::uint64_t>(key(message)));
  }
}

// Names the error.
template <template <class, class...> class Diagnostic, class Protocol, class... Messages>
void explain_routing(meta::type_list<Messages...>) {
  Diagnostic<Protocol, Messages...>::see();
}

template <bool Listed, class Type>
using listed_if = std::conditional_t<Listed, meta::type_list<Type>, meta::type_list<>>;

template <class List, class... Keys>
struct hasher;

template <class... Messages, class... Keys>
struct hasher<meta::type_list<Messages...>, Keys...> {
  using held = decltype(routing::consistent_hash_t<Keys...>::keys);
  static constexpr std::uint64_t (*by_message[sizeof...(Messages) + 1])(const held&, envelope*) = {
      &hash_message<held, Messages, Keys...>...};

  std::uint64_t operator()(envelope* sealed) const { return by_message[sealed->tag](keys, sealed); }

  held keys;
};

template <class Protocol, class... Keys, class... Messages>
[[nodiscard]] key_function make_key_function(const routing::consistent_hash_t<Keys...>& by,
                                             meta::type_list<Messages...>) {
  if constexpr ((has_key<Messages, Keys...>() && ...)) {
    return key_function(hasher<meta::type_list<Messages...>, Keys...>{by.keys});
  } else {
    using lacking = typename join_all<meta::type_list<>,
                                      listed_if<!has_key<Messages, Keys...>(), Messages>...>::type;
    explain_routing<consistent_hash_lacks_a_key_for, Protocol>(lacking{});
    return {};
  }
}

template <class Message, bool Broadcast>
consteval copy_function copy_of() {
  if constexpr (Broadcast) {
    return &copy_sealed<Message>;
  } else {
    return nullptr;
  }
}

template <class Wanted, class List>
inline constexpr copy_function copies_of[1] = {nullptr};
template <class Wanted, class... Messages>
inline constexpr copy_function
    copies_of<Wanted, meta::type_list<Messages...>>[sizeof...(Messages) + 1] = {
        copy_of<Messages, meta::contains<Wanted, Messages>>()...};

template <class Protocol, class... Messages>
[[nodiscard]] const copy_function* make_copies(routing::broadcast_t<Messages...>) {
  if constexpr (((accepts<Protocol, Messages> && std::is_copy_constructible_v<Messages>)&&...)) {
    return copies_of<meta::type_list<Messages...>, messages_of<Protocol>>;
  } else {
    using wrong = typename join_all<
        meta::type_list<>,
        listed_if<!accepts<Protocol, Messages> || !std::is_copy_constructible_v<Messages>,
                  Messages>...>::type;
    explain_routing<broadcast_needs_copyable_messages_of, Protocol>(wrong{});
    return nullptr;
  }
}

struct routing_access;

}  // namespace detail

/// How a router of `Protocol` chooses among its routees: one of those in `casty::routing`.
template <class Protocol>
class routing_strategy {
 public:
  routing_strategy(routing::round_robin_t) noexcept {}
  routing_strategy(routing::random_t) noexcept
      : routing_strategy(detail::routing_kind::random) {}
  template <class... Keys>
  routing_strategy(const routing::consistent_hash_t<Keys...>& by)
      : kind_(detail::routing_kind::consistent_hash),
        key_(detail::make_key_function<Protocol>(by, messages_of<Protocol>{})) {}

 protected:
  explicit routing_strategy(detail::routing_kind kind) noexcept : kind_(kind) {}

 private:
  friend detail::routing_access;
  detail::routing_kind kind_ = detail::routing_kind::round_robin;
  detail::key_function key_;
};

/// The same for a pool, which sees the mailboxes of its routees.
template <class Protocol>
class pool_strategy : public routing_strategy<Protocol> {
 public:
  using routing_strategy<Protocol>::routing_strategy;
  pool_strategy(routing::least_loaded_t) noexcept
      : routing_strategy<Protocol>(detail::routing_kind::least_loaded) {}
};

/// The same for a group, whose routees may live on any thread.
template <class Protocol>
class group_strategy : public routing_strategy<Protocol> {
 public:
  using routing_strategy<Protocol>::routing_strategy;
  // Refused.
  group_strategy(routing::least_loaded_t)
      : routing_strategy<Protocol>(detail::routing_kind::least_loaded) {
    a_group_cannot_see_loads_use_a_pool<Protocol>::see();
  }
};

/// Which messages of `Protocol` go to all routees: `routing::broadcast<…>`, or none.
template <class Protocol>
class routing_broadcast {
 public:
  routing_broadcast() noexcept = default;
  template <class... Messages>
  routing_broadcast(routing::broadcast_t<Messages...> of) noexcept
      : copies_(detail::make_copies<Protocol>(of)) {}

 private:
  friend detail::routing_access;
  const detail::copy_function* copies_ = nullptr;
};

}  // namespace casty
