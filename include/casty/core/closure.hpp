/// @file
/// State and handlers as one closure, and the table of functions that serve it: one a
/// message of the protocol.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/handlers.hpp"

namespace casty::detail {

// Room for the context of an actor that must stay valid until the actor stops.
[[nodiscard]] void* stable_context(cell* self);

// What the runtime does with the task of a handler that waits.
struct task_operations {
  bool (*done)(const void* task) noexcept;
  step (*conclude)(cell* self, void* slot, void* task);
  void (*destroy)(void* task) noexcept;
};

// Keeps a handler that waits, and its message, until it is done or the actor stops.
// Gives room for the task.
[[nodiscard]] void* suspend(cell* self, envelope* sealed, const task_operations& operations);

template <unsigned Position, class Handler>
struct held_handler {
  [[no_unique_address]] Handler handler;
};

template <class Positions, class... Handlers>
struct held_handlers;

template <unsigned... Positions, class... Handlers>
struct held_handlers<std::integer_sequence<unsigned, Positions...>, Handlers...>
    : held_handler<Positions, Handlers>... {};

template <unsigned Position, class Handler>
[[gnu::always_inline]] inline const Handler& handler_at(
    const held_handler<Position, Handler>& held) noexcept {
  return held.handler;
}

template <class State, class... Handlers>
struct closure {
  using handlers = held_handlers<
      std::make_integer_sequence<unsigned, sizeof...(Handlers)>, Handlers...>;
  [[no_unique_address]] State state;
  [[no_unique_address]] handlers all;
};

// What a handler may need of the whole closure that it is one of. Behind pointers, so that
// the functions which serve a message bear the name of one handler and not of all: with N
// handlers those names would make the compiler's work grow with N squared.
template <class Protocol>
struct closure_access {
  step (*adopt)(behavior<Protocol>& next, cell* self, void* slot);
  task_operations waiting;
};

// What is known of a message while it is served.
struct served {
  cell* self;
  void* slot;
  envelope* sealed;
};

// A message by value or by `&&` is moved out of its envelope: it has no other reader.
template <class Parameter, class Message>
[[gnu::always_inline]] inline decltype(auto) pass(Message& message) noexcept {
  if constexpr (std::is_lvalue_reference_v<Parameter>) {
    return static_cast<const Message&>(message);
  } else {
    return static_cast<Message&&>(message);
  }
}

// Settles what a handler gave: the next step, and the end of the message.
template <class Protocol, class Message>
struct settlement {
  using access = closure_access<Protocol>;

  [[gnu::always_inline]] static step outcome_of(outcome made, const served& now) {
    if (made != outcome::unhandled) {
      message_in<Message>(now.sealed).~Message();
    }
    return static_cast<step>(made);
  }
  [[gnu::always_inline]] static step next(behavior<Protocol>&& next, const served& now,
                                          const access& all) {
    if (next.operations() == nullptr) {
      return outcome_of(next.as_outcome(), now);
    }
    const step made = all.adopt(next, now.self, now.slot);
    message_in<Message>(now.sealed).~Message();
    return made;
  }
  template <class State>
  static step state(State&& next, State& state, const served& now) {
    if constexpr (std::is_nothrow_move_assignable_v<State> ||
                  !std::is_nothrow_move_constructible_v<State>) {
      state = std::move(next);
    } else {
      state.~State();
      ::new (static_cast<void*>(&state)) State(std::move(next));
    }
    message_in<Message>(now.sealed).~Message();
    return step::same;
  }
  // A handler that ended without waiting leaves nothing behind; another is kept.
  static step task_of(task<behavior<Protocol>>&& started, const served& now, const access& all) {
    if (started.done()) {
      return next(started.take(), now, all);
    }
    ::new (suspend(now.self, now.sealed, all.waiting)) task<behavior<Protocol>>(
        std::move(started));
    return step::suspended;
  }

  template <class Result, class State>
  [[gnu::always_inline]] static step settle(Result&& result, State& held, const served& now,
                                            const access& all) {
    if constexpr (std::is_same_v<Result, outcome>) {
      return outcome_of(result, now);
    } else if constexpr (std::is_same_v<Result, behavior<Protocol>>) {
      return next(static_cast<Result&&>(result), now, all);
    } else if constexpr (std::is_same_v<Result, task<behavior<Protocol>>>) {
      return task_of(static_cast<Result&&>(result), now, all);
    } else {
      return state<State>(static_cast<Result&&>(result), held, now);
    }
  }
};

// A coroutine may outlive the call: its context lives as long as the actor.
template <class Protocol, class Result>
[[gnu::always_inline]] inline actor_context<Protocol>& context_for(const served& now,
                                                                   actor_context<Protocol>& local) {
  if constexpr (is_task<Result>) {
    return *::new (stable_context(now.self)) actor_context<Protocol>(now.self);
  } else {
    return local;
  }
}

template <class Protocol, class Message, class State, class... Ignored>
[[gnu::always_inline]] inline step serve_by(const ignore_t<Ignored...>&, State&,
                                            const served& now, const closure_access<Protocol>&) {
  message_in<Message>(now.sealed).~Message();
  return step::ignored;
}

template <class Protocol, class Message, class State, class Handler>
[[gnu::always_inline]] inline step serve_by(const otherwise_t<Handler>& other, State& state,
                                            const served& now,
                                            const closure_access<Protocol>& all) {
  using settles = settlement<Protocol, Message>;
  if constexpr (std::is_invocable_v<const Handler&>) {
    return settles::settle(other.handler(), state, now, all);
  } else {
    using result = std::invoke_result_t<const Handler&, actor_context<Protocol>&>;
    actor_context<Protocol> local(now.self);
    auto& ctx = context_for<Protocol, result>(now, local);
    return settles::settle(other.handler(ctx), state, now, all);
  }
}

template <class Protocol, class Message, class State, class Handler>
[[gnu::always_inline]] inline step serve_by(const Handler& handler, State& state,
                                            const served& now,
                                            const closure_access<Protocol>& all) {
  using settles = settlement<Protocol, Message>;
  using form = typename described<Protocol, State, Handler>::shape;
  using parameter = typename form::parameter;
  auto& message = message_in<Message>(now.sealed);
  if constexpr (!form::takes_context && !form::takes_state) {
    return settles::settle(handler(pass<parameter>(message)), state, now, all);
  } else if constexpr (!form::takes_context) {
    return settles::settle(handler(state, pass<parameter>(message)), state, now, all);
  } else {
    actor_context<Protocol> local(now.self);
    auto& ctx = context_for<Protocol, typename form::result>(now, local);
    if constexpr (form::takes_state) {
      return settles::settle(handler(ctx, state, pass<parameter>(message)), state, now, all);
    } else {
      return settles::settle(handler(ctx, pass<parameter>(message)), state, now, all);
    }
  }
}

template <class Protocol, class State, class... Handlers>
const behavior_operations* operations_for() noexcept;

template <class Described>
concept awaits = is_task<typename Described::shape::result>;

// The functions that need the type of the whole closure.
template <class Protocol, class State, class... Handlers>
struct server {
  using closure_type = closure<State, Handlers...>;

  template <unsigned Message, unsigned Handler>
  static step serve(cell* self, void* slot, envelope* sealed) {
    using message = meta::at<messages_of<Protocol>, Message>;
    closure_type& held = kept<closure_type>::in(slot);
    return serve_by<Protocol, message>(handler_at<Handler>(held.all), held.state,
                                       served{self, slot, sealed}, access);
  }

 private:
  static step adopt(behavior<Protocol>& next, cell* self, void* slot) {
    if (next.operations() == operations_for<Protocol, State, Handlers...>()) {
      replace<closure_type>(slot, next.slot());
      next.release();
      return step::same;
    }
    return become(self, next);
  }
  static bool done(const void* waiter) noexcept {
    return static_cast<const task<behavior<Protocol>>*>(waiter)->done();
  }
  static step conclude(cell* self, void* slot, void* waiter) {
    behavior<Protocol> next = static_cast<task<behavior<Protocol>>*>(waiter)->take();
    return next.operations() == nullptr ? static_cast<step>(next.as_outcome())
                                        : adopt(next, self, slot);
  }
  static void destroy(void* waiter) noexcept {
    using handler = task<behavior<Protocol>>;
    static_cast<handler*>(waiter)->~handler();
  }
  // What only coroutines need is not even compiled where there is none.
  static consteval closure_access<Protocol> all_of() {
    if constexpr ((awaits<described<Protocol, State, Handlers>> || ...)) {
      return {&adopt, {&done, &conclude, &destroy}};
    } else {
      return {&adopt, {}};
    }
  }
  static constexpr closure_access<Protocol> access = all_of();
};

template <unsigned Size>
struct behavior_table {
  behavior_operations operations;
  handle_message handlers[Size == 0 ? 1 : Size];
};

template <class Protocol, class State, class... Handlers, unsigned... Positions>
constexpr auto lay_out(std::integer_sequence<unsigned, Positions...>) {
  return behavior_table<sizeof...(Positions)>{
      kept<closure<State, Handlers...>>::operations(),
      {&server<Protocol, State, Handlers...>::template serve<
          Positions,
          static_cast<unsigned>(
              plan_of<Protocol, State, Handlers...>.handler_of[Positions])>...}};
}

template <class Protocol, class State, class... Handlers>
inline constexpr auto table_of = lay_out<Protocol, State, Handlers...>(
    std::make_integer_sequence<unsigned, messages_of<Protocol>::size>{});

template <class Protocol, class State, class... Handlers>
const behavior_operations* operations_for() noexcept {
  return &table_of<Protocol, State, Handlers...>.operations;
}

// Moves from all of them.
template <class Protocol, class State, class... Handlers>
[[nodiscard, gnu::always_inline]] inline behavior<Protocol> make_behavior(
    State& state, Handlers&... handlers) {
  using closure_type = closure<State, Handlers...>;
  using handlers_type = typename closure_type::handlers;
  return behavior_access::make<Protocol, closure_type>(
      table_of<Protocol, State, Handlers...>.operations, static_cast<State&&>(state),
      handlers_type{{static_cast<Handlers&&>(handlers)}...});
}

}  // namespace casty::detail
