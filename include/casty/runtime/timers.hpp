/// @file
/// Messages to come: once after a delay, or again and again.
///
/// Layer: runtime. May include core, meta.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/duration.hpp"
#include "casty/core/ref.hpp"

namespace casty {

namespace detail {

struct engine;

// What is to be sent, to whom and when. `message` is taken over.
struct timer_plan {
  std::string_view key;
  target to;
  envelope* message;
  envelope* (*copy)(const envelope* original);  // null: sent once
  duration delay;                               // the interval, too, when it is copied
};

// Of an actor: they die with it. A message to the actor itself is not sent when its timer
// is taken back before the actor comes to it.
void set_timer(cell* owner, const timer_plan& plan);
bool cancel_timer(cell* owner, std::string_view key) noexcept;
void cancel_keyed_timers(cell* owner) noexcept;
// The receive timeout as well.
void cancel_timers(cell* owner) noexcept;
[[nodiscard]] bool has_timer(const cell* owner, std::string_view key) noexcept;
void set_receive_timeout(cell* owner, const timer_plan& plan);
void cancel_receive_timeout(cell* owner) noexcept;

// Of the system.
void set_timer(engine* system, const timer_plan& plan);
void cancel_timer(engine* system, std::string_view key);

template <class Message>
[[nodiscard]] envelope* copy_sealed(const envelope* original) {
  auto& message = message_in<Message>(const_cast<envelope*>(original));
  return seal_with<Message>({original->actor, original->generation, 0}, original->tag,
                            [&](void* at) { ::new (at) Message(std::as_const(message)); });
}

template <class Owner, class Protocol, class Message>
void set_timer_once(Owner* owner, std::string_view key, const actor_ref<Protocol>& to,
                    Message&& message, duration delay) {
  using bare = std::remove_cvref_t<Message>;
  const target& actor = ref_access::get(to);
  set_timer(owner, timer_plan{key, actor,
                              seal_with<bare>(actor, ref_access::tag<bare>(to),
                                              [&](void* at) {
                                                ::new (at) bare(std::forward<Message>(message));
                                              }),
                              nullptr, delay});
}

template <class Owner, class Protocol, class Message>
void set_timer_again(Owner* owner, std::string_view key, const actor_ref<Protocol>& to,
                     const Message& message, duration interval) {
  const target& actor = ref_access::get(to);
  set_timer(owner, timer_plan{key, actor,
                              seal_with<Message>(actor, ref_access::tag<Message>(to),
                                                 [&](void* at) { ::new (at) Message(message); }),
                              &copy_sealed<Message>, interval});
}

}  // namespace detail

/// The timers of an actor, by keys that are its own; they end when it stops or restarts.
/// Setting a key again replaces its timer; a message that came of the earlier one and that
/// the actor has not taken yet is void.
///
/// @thread  The actor's own, only.
/// @cost    O(log of the actor's timers) to set and cancel; nothing while they wait.
template <class Protocol>
class actor_timers {
 public:
  // For the runtime: users get theirs from `ctx.timers()`.
  explicit actor_timers(detail::cell* owner, actor_ref<Protocol> self) noexcept
      : owner_(owner), self_(self) {}

  /// Sends `message` to the actor after `delay`, rounded up to the next millisecond.
  template <class Message>
    requires accepts<Protocol, std::remove_cvref_t<Message>>
  void once(std::string_view key, Message&& message, duration delay) {
    detail::set_timer_once(owner_, key, self_, std::forward<Message>(message), delay);
  }
  template <class NotInProtocol>
    requires(!accepts<Protocol, std::remove_cvref_t<NotInProtocol>>)
  void once(std::string_view key, NotInProtocol, duration delay) = delete;

  /// Sends a copy of `message` after each `interval`, at a fixed rate: no drift. What could
  /// not be sent in time is left out, not sent in a burst.
  ///
  /// @throws  `casty::error` of bad_argument for an interval under a microsecond.
  template <class Message>
    requires accepts<Protocol, Message> && std::is_copy_constructible_v<Message>
  void every(std::string_view key, const Message& message, duration interval) {
    detail::set_timer_again(owner_, key, self_, message, interval);
  }
  template <class NotACopyableMessageOfProtocol>
    requires(!accepts<Protocol, NotACopyableMessageOfProtocol> ||
             !std::is_copy_constructible_v<NotACopyableMessageOfProtocol>)
  void every(std::string_view key, const NotACopyableMessageOfProtocol&, duration) = delete;

  /// False when there was none.
  bool cancel(std::string_view key) noexcept { return detail::cancel_timer(owner_, key); }
  void cancel_all() noexcept { detail::cancel_keyed_timers(owner_); }
  /// True until its message has been taken, for `every` until it is cancelled.
  [[nodiscard]] bool is_set(std::string_view key) const noexcept {
    return detail::has_timer(owner_, key);
  }

 private:
  detail::cell* owner_;
  actor_ref<Protocol> self_;
};

}  // namespace casty
