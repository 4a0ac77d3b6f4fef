/// @file
/// What an actor system says of itself, and the stream that says it.
///
/// Layer: runtime.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/ref.hpp"

namespace casty {

/// Why a message was not handled.
enum class dead_letter_reason : std::uint8_t {
  no_such_actor,      ///< its actor had stopped before it came
  stopped,            ///< its actor stopped before taking it, or while waiting in its handler
  failed,             ///< its handler threw
  unhandled,          ///< its handler answered `behaviors::unhandled`
  restarted,          ///< its actor restarted while waiting in its handler
  overflow,           ///< its actor's mailbox was full
  late_reply,         ///< an answer after the first, or to an asker that gave up
  system_terminated,  ///< its actor system is shut down
};

inline constexpr unsigned dead_letter_reasons = 8;

[[nodiscard]] std::string_view to_string(dead_letter_reason reason) noexcept;

/// A message that nobody handled.
struct dead_letter {
  std::string_view message;  ///< the name of its type
  dead_letter_reason reason;
  any_ref target;
};
/// A message that its actor's behavior declined. It is a dead letter as well.
struct unhandled_message {
  std::string_view message;  ///< the name of its type
  any_ref actor;
};
/// An actor was spawned, and its `setup` has run.
struct actor_started {
  any_ref ref;
};
/// An actor has started anew: its hooks have run, and it takes its next message.
struct actor_restarted {
  any_ref ref;
  std::exception_ptr failure;  ///< null after `behaviors::restart`
};
/// An actor is gone, and its watchers have been told. Also of one that stopped before it could
/// start.
struct actor_stopped {
  any_ref ref;
};

namespace detail {

struct engine;

template <class Event>
inline constexpr char event_key = 0;

struct subscriber {
  void (*call)(void* closure, const void* event);
  void (*destroy)(void* closure) noexcept;
};

[[nodiscard]] std::uint64_t subscribe(engine* system, const void* key, subscriber operations,
                                      void* closure);
void unsubscribe(engine* system, std::uint64_t number) noexcept;
void publish(engine* system, const void* key, const void* event) noexcept;

template <class Signature>
struct event_of;
template <class Class, class Result, class Event>
struct event_of<Result (Class::*)(Event) const> {
  using type = std::remove_cvref_t<Event>;
};
template <class Class, class Result, class Event>
struct event_of<Result (Class::*)(Event)> : event_of<Result (Class::*)(Event) const> {};
template <class Class, class Result, class Event>
struct event_of<Result (Class::*)(Event) const noexcept>
    : event_of<Result (Class::*)(Event) const> {};
template <class Class, class Result, class Event>
struct event_of<Result (Class::*)(Event) noexcept> : event_of<Result (Class::*)(Event) const> {};

}  // namespace detail

/// Events of an actor system, by type. Subscribers of one event are called in the order
/// in which they subscribed, on the thread where it happens; they should be quick. One
/// that throws is logged and harms nobody. What happens within a subscriber is told as well,
/// up to eight deep.
///
/// @thread  Any.
class event_stream {
 public:
  using subscription = std::uint64_t;

  explicit event_stream(detail::engine* system) noexcept : system_(system) {}

  /// Calls `callback` for each event of the type that it takes, until `unsubscribe`.
  template <class Callback>
  subscription subscribe(Callback callback) {
    using event = typename detail::event_of<decltype(&Callback::operator())>::type;
    return add<event>(std::move(callback));
  }

  /// Sends each `Event` to an actor, whose protocol must accept it. One for which its mailbox
  /// has no room is a dead letter.
  template <class Event, class Protocol>
    requires accepts<Protocol, Event>
  subscription subscribe(actor_ref<Protocol> actor) {
    return add<Event>([to = detail::ref_access::get(actor_ref<Event>(actor))](const Event& event) {
      detail::ref_access::answer<Event>(to, Event(event));
    });
  }

  template <class Event, class ProtocolLacksTheEvent>
    requires(!accepts<ProtocolLacksTheEvent, Event>)
  subscription subscribe(actor_ref<ProtocolLacksTheEvent> actor) = delete;

  /// Ends a subscription. A call already under way on another thread may still end.
  void unsubscribe(subscription number) noexcept { detail::unsubscribe(system_, number); }

  /// Publishes an event of any type, the user's own as well.
  template <class Event>
  void publish(const Event& event) {
    detail::publish(system_, &detail::event_key<Event>, &event);
  }

 private:
  template <class Event, class Callback>
  subscription add(Callback callback) {
    const detail::subscriber operations{
        [](void* closure, const void* event) {
          (*static_cast<Callback*>(closure))(*static_cast<const Event*>(event));
        },
        [](void* closure) noexcept { delete static_cast<Callback*>(closure); }};
    return detail::subscribe(system_, &detail::event_key<Event>, operations,
                             new Callback(std::move(callback)));
  }

  detail::engine* system_;
};

}  // namespace casty
