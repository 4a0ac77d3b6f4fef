/// @file
/// Event-sourced actors: commands lead to events, events to states, and nothing is answered
/// before it is durable.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "casty/core/behaviors.hpp"
#include "casty/persistence/effect.hpp"
#include "casty/persistence/entity.hpp"
#include "casty/persistence/event_names.hpp"
#include "casty/persistence/journal.hpp"

namespace casty {

// diagnostic
/// Named in the error of a handler of events that returns anything but the state.
template <class Event, class Result>
struct event_handler_must_return_the_state;
// diagnostic
/// Named in the error of a handler of commands that returns neither an outcome nor events of
/// the protocol, nor a task of these.
template <class Command, class Result>
struct command_handler_must_return_same_or_persisted_events;

namespace detail {

template <template <class, class> class Diagnostic, class Protocol, class Tag, class... Handlers>
consteval auto complaint_of_results(meta::type_list<>) {
  return complaint_of<Protocol, Tag, Handlers...>{};
}
template <template <class, class> class Diagnostic, class Protocol, class Tag, class... Handlers,
          class First, class... Rest>
consteval auto complaint_of_results(meta::type_list<First, Rest...>) {
  if constexpr (described<Protocol, Tag, First>::flaw == defect::result) {
    using form = typename described<Protocol, Tag, First>::shape;
    return complaint<Diagnostic, typename form::message, typename form::result>{};
  } else {
    return complaint_of_results<Diagnostic, Protocol, Tag, Handlers...>(meta::type_list<Rest...>{});
  }
}

template <class Protocol, class Tag, class Handlers>
inline constexpr bool all_fit = false;
template <class Protocol, class Tag, class... Handlers>
inline constexpr bool all_fit<Protocol, Tag, meta::type_list<Handlers...>> =
    fits<Protocol, Tag, Handlers...>;

template <template <class, class> class Diagnostic, class Protocol, class Tag, class... Handlers>
consteval auto first_complaint(meta::type_list<Handlers...> all) {
  return complaint_of_results<Diagnostic, Protocol, Tag, Handlers...>(all);
}

// The first event with a flaw, as a complaint.
template <class First, class... Rest>
consteval auto flaw_among(meta::type_list<First, Rest...>) {
  if constexpr (sizeof...(Rest) == 0 || !wire::serializable<First>) {
    return wire::detail::flaw<First>{};
  } else {
    return flaw_among(meta::type_list<Rest...>{});
  }
}

}  // namespace detail

/// What each event makes of the state, a handler an event, none left out:
///
/// (State | const State&, Event | const Event&) -> State
///
/// Pure: they run again at each recovery. What one throws is a failure of the actor; then
/// nothing has been persisted.
template <class EventProtocol, class... Handlers>
[[nodiscard]] detail::handlers_of<EventProtocol, Handlers...> on_event(Handlers... handlers) {
  return {{{std::move(handlers)}...}};
}

/// What each command leads to, a handler a message of the actor's protocol, none left out:
///
/// ([ctx&,] [const State&,] Command…) -> outcome | persisted events | effect | task of these
template <class Protocol, class... Handlers>
[[nodiscard]] detail::handlers_of<Protocol, Handlers...> on_command(Handlers... handlers) {
  return {{{std::move(handlers)}...}};
}

/// When states are kept beside events, so that recovery need not begin with the first.
struct snapshot_policy {
  std::uint64_t events = 0;     ///< one each time that so many have been persisted; 0: none
  std::uint32_t keep = 2;       ///< how many of them stay, at least 1
  bool deletes_events = false;  ///< those up to the oldest of `keep` snapshots go
};

/// The parts of an event-sourced actor; for `behaviors::event_sourced`.
template <class State, class OnEvent, class OnCommand>
struct event_sourcing {
  /// Unique in its journal, for ever; at most one actor at a time bears it.
  std::string entity_id;
  casty::journal journal;
  State initial_state;
  OnEvent on_event;
  OnCommand on_command;
  snapshot_policy snapshots = {};
};

namespace behaviors {

/// An actor whose state is what its events have made of the initial one. It replays them as it
/// starts and restarts, before its first command; one command at a time leads to events, which
/// are persisted together. Answers given in a handler of commands leave when its events are
/// durable; if they cannot be persisted, its askers get `errc::persist_failed`, the state is
/// as it was, and the actor fails with the journal's reason.
///
/// A second actor of the same entity is refused by the journal, and fails with `errc::conflict`.
/// What cannot be read fails the actor: nothing is skipped.
///
/// @tparam State  Copyable; serializable where snapshots are wanted.
/// @throws  `casty::error` of bad_argument for snapshots of a state that is not serializable.
template <class State, class OnEvent, class OnCommand>
[[nodiscard]] auto event_sourced(event_sourcing<State, OnEvent, OnCommand> parts) {
  using commands = typename OnCommand::protocol;
  using events = typename OnEvent::protocol;
  using event_tag = detail::event_state<State>;
  using command_tag = detail::command_state<State, events, commands>;
  using event_flaw = decltype(detail::flaw_among(messages_of<events>{}));
  if constexpr (!detail::all_fit<events, event_tag, typename OnEvent::types>) {
    using said = decltype(detail::first_complaint<event_handler_must_return_the_state, events,
                                                  event_tag>(typename OnEvent::types{}));
    decltype(explain(said{}))::see();
    return behavior<commands>(outcome::stopped);
  } else if constexpr (!detail::all_fit<commands, command_tag, typename OnCommand::types>) {
    using said = decltype(
        detail::first_complaint<command_handler_must_return_same_or_persisted_events, commands,
                                command_tag>(typename OnCommand::types{}));
    decltype(explain(said{}))::see();
    return behavior<commands>(outcome::stopped);
  } else if constexpr (!std::is_same_v<event_flaw, wire::detail::no_flaw>) {
    decltype(explain(event_flaw{}))::see();
    return behavior<commands>(outcome::stopped);
  } else if constexpr (!detail::has_clear_names<messages_of<events>>) {
    decltype(detail::explain_clash(messages_of<events>{}))::see();
    return behavior<commands>(outcome::stopped);
  } else {
    if constexpr (!wire::serializable<State>) {
      detail::refuse_snapshots(parts.entity_id, parts.snapshots.events);
    }
    return setup<commands>([parts = std::move(parts)](actor_context<commands>& ctx) {
      return detail::make_entity<commands, events>(parts, ctx);
    });
  }
}

}  // namespace behaviors

}  // namespace casty
