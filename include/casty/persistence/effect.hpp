/// @file
/// What a command leads to: events to be persisted, and what comes after.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "casty/core/behavior.hpp"
#include "casty/core/protocol.hpp"
#include "casty/meta/type_list.hpp"

namespace casty {

namespace detail {

// The next behavior when `then` names one of `Protocol`; `void` when it gives an outcome.
template <class Protocol>
struct next_of {
  behavior<Protocol> next = outcome::same;
};
template <>
struct next_of<void> {
  outcome next = outcome::same;
};

template <class Events>
struct any_event_of;
template <class... Events>
struct any_event_of<meta::type_list<Events...>> {
  using type = std::variant<Events...>;
};

}  // namespace detail

/// One of the events of a protocol.
template <class EventProtocol>
using any_event = typename detail::any_event_of<messages_of<EventProtocol>>::type;

/// Events that a command leads to; made by `behaviors::persisted`.
template <class Protocol, class... Events>
class persisted_events {
 public:
  explicit persisted_events(std::tuple<Events...> events, detail::next_of<Protocol> next = {})
      : events_(std::move(events)), next_(std::move(next)) {}

  /// What becomes of the actor once they are durable: `behaviors::stopped`, `restart`.
  [[nodiscard]] persisted_events<void, Events...> then(outcome next) && {
    return persisted_events<void, Events...>(std::move(events_), {next});
  }
  /// The behavior that it goes on with: from then on it is no entity of the journal any more.
  template <class Commands>
  [[nodiscard]] persisted_events<Commands, Events...> then(behavior<Commands> next) && {
    return persisted_events<Commands, Events...>(std::move(events_), {std::move(next)});
  }

 private:
  template <class, class>
  friend class effect;

  std::tuple<Events...> events_;
  detail::next_of<Protocol> next_;
};

namespace detail {

template <class EventProtocol, class Made>
inline constexpr bool holds_foreign_event = false;
template <class EventProtocol, class Then, class... Events>
inline constexpr bool holds_foreign_event<EventProtocol, persisted_events<Then, Events...>> =
    !(meta::contains<messages_of<EventProtocol>, Events> && ...);

}  // namespace detail

/// The one type of a handler of commands that now persists and now does not: events of
/// `EventProtocol`, or an outcome.
///
/// @tparam Commands  The protocol of the actor, when a behavior of it comes after.
template <class EventProtocol, class Commands = void>
class effect {
 public:
  effect(outcome next) noexcept { next_.next = next; }
  /// As many events as there are.
  explicit effect(std::vector<any_event<EventProtocol>> events, outcome next = outcome::same)
      : events_(std::move(events)) {
    next_.next = next;
  }

  template <class Then, class... Events>
    requires((meta::contains<messages_of<EventProtocol>, Events> && ...) &&
             (std::is_void_v<Then> || std::is_same_v<Then, Commands>))
  effect(persisted_events<Then, Events...> made) {
    next_.next = std::move(made.next_.next);
    events_.reserve(sizeof...(Events));
    std::apply(
        [this](Events&... each) { (events_.emplace_back(std::move(each)), ...); }, made.events_);
  }
  /// One without a behavior is one with it.
  template <class Other>
    requires(std::is_void_v<Other> && !std::is_void_v<Commands>)
  effect(effect<EventProtocol, Other> other) : events_(std::move(other.events())) {
    next_.next = std::move(other).next().as_outcome();
  }
  // diagnostic
  template <class EventsNotInTheProtocol>
    requires detail::holds_foreign_event<EventProtocol, EventsNotInTheProtocol>
  effect(EventsNotInTheProtocol) = delete;

  [[nodiscard]] std::vector<any_event<EventProtocol>>& events() noexcept { return events_; }
  [[nodiscard]] detail::behavior_base next() && {
    if constexpr (std::is_void_v<Commands>) {
      return detail::behavior_base(next_.next);
    } else {
      return std::move(next_.next);
    }
  }

 private:
  std::vector<any_event<EventProtocol>> events_;
  detail::next_of<Commands> next_;
};

namespace behaviors {

/// The events that a command leads to, in their order. Answers given in the handler leave when
/// all of them are durable.
template <message... Events>
  requires(sizeof...(Events) > 0)
[[nodiscard]] persisted_events<void, Events...> persisted(Events... events) {
  return persisted_events<void, Events...>(std::tuple<Events...>(std::move(events)...));
}

}  // namespace behaviors

}  // namespace casty
