/// @file
/// The handlers of commands and of events: what they may take and give, and how they are called.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/behaviors.hpp"
#include "casty/persistence/effect.hpp"
#include "casty/runtime/context.hpp"

namespace casty::detail {

// Handlers of `Protocol`, before it is known what they share.
template <class Protocol, class... Handlers>
struct handlers_of {
  using protocol = Protocol;
  using types = meta::type_list<Handlers...>;

  held_handlers<std::make_integer_sequence<unsigned, sizeof...(Handlers)>, Handlers...> all;
};

// Tags in place of the state, for the rules of handlers.
template <class State>
struct event_state;
template <class State, class Events, class Commands>
struct command_state;

template <class State>
struct rules<event_state<State>> {
  using state = State;
  template <class Result, class Protocol>
  static constexpr bool allow = std::is_same_v<Result, State>;
};

template <class Result, class Events, class Commands>
inline constexpr bool is_effect = std::is_constructible_v<effect<Events, Commands>, Result>;
template <class Result, class Events, class Commands>
inline constexpr bool is_effect<task<Result>, Events, Commands> =
    is_effect<Result, Events, Commands>;

template <class State, class Events, class Commands>
struct rules<command_state<State, Events, Commands>> {
  using state = State;
  template <class Result, class Protocol>
  static constexpr bool allow = is_effect<Result, Events, Commands>;
};

// Which handler serves which message, and how.
template <class Protocol, class Tag, class Handlers>
struct served_by;
template <class Protocol, class Tag, class... Handlers>
struct served_by<Protocol, Tag, meta::type_list<Handlers...>> {
  template <class Message>
  static constexpr auto position = static_cast<unsigned>(
      plan_of<Protocol, Tag, Handlers...>
          .handler_of[meta::index_of<messages_of<Protocol>, Message>]);
  template <class Message>
  using handler = meta::at<meta::type_list<Handlers...>, position<Message>>;
};

template <class Tag, class Protocol, class State, class Message, class... Ignored>
outcome call_handler(const ignore_t<Ignored...>&, actor_context<Protocol>&, const State&,
                     Message&) {
  return outcome::same;
}
template <class Tag, class Protocol, class State, class Message, class Handler>
auto call_handler(const otherwise_t<Handler>& other, actor_context<Protocol>& ctx, const State&,
                  Message&) {
  if constexpr (std::is_invocable_v<const Handler&>) {
    return other.handler();
  } else {
    return other.handler(ctx);
  }
}
template <class Tag, class Protocol, class State, class Message, class Handler>
auto call_handler(const Handler& handler, actor_context<Protocol>& ctx, const State& state,
                  Message& message) {
  using form = typename described<Protocol, Tag, Handler>::shape;
  using parameter = typename form::parameter;
  if constexpr (form::takes_context && form::takes_state) {
    return handler(ctx, state, pass<parameter>(message));
  } else if constexpr (form::takes_context) {
    return handler(ctx, pass<parameter>(message));
  } else if constexpr (form::takes_state) {
    return handler(state, pass<parameter>(message));
  } else {
    return handler(pass<parameter>(message));
  }
}

}  // namespace casty::detail
