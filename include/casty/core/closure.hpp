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
const Handler& handler_at(const held_handler<Position, Handler>& held) noexcept {
  return held.handler;
}

template <class State, class... Handlers>
struct closure {
  using handlers = held_handlers<
      std::make_integer_sequence<unsigned, sizeof...(Handlers)>, Handlers...>;
  [[no_unique_address]] State state;
  [[no_unique_address]] handlers all;
};

template <class Protocol, class State, class... Handlers>
const behavior_operations* operations_for() noexcept;

// Serves the message at one position of the protocol by one handler.
template <class Protocol, class State, class... Handlers>
struct server {
  using closure_type = closure<State, Handlers...>;

  template <unsigned Message, unsigned Handler>
  static step serve(cell* self, void* slot, envelope* sealed) {
    using message = meta::at<messages_of<Protocol>, Message>;
    closure_type& held = kept<closure_type>::in(slot);
    return serve_by<message>(handler_at<Handler>(held.all), held.state, self, slot, sealed);
  }

 private:
  template <class Message, class... Ignored>
  static step serve_by(const ignore_t<Ignored...>&, State&, cell*, void*, envelope* sealed) {
    message_in<Message>(sealed).~Message();
    return step::ignored;
  }

  template <class Message, class Handler>
  static step serve_by(const otherwise_t<Handler>& other, State&, cell* self, void* slot,
                       envelope* sealed) {
    actor_context<Protocol> ctx(self);
    if constexpr (std::is_invocable_v<const Handler&>) {
      return settle<Message>(other.handler(), self, slot, sealed);
    } else {
      return settle<Message>(other.handler(ctx), self, slot, sealed);
    }
  }

  template <class Message, class Handler>
  static step serve_by(const Handler& handler, State& state, cell* self, void* slot,
                       envelope* sealed) {
    using form = typename described<Protocol, State, Handler>::shape;
    auto& message = message_in<Message>(sealed);
    if constexpr (is_task<typename form::result>) {
      auto& ctx = *::new (stable_context(self)) actor_context<Protocol>(self);
      return await<Message>(call<form>(handler, ctx, state, message), self, slot, sealed);
    } else if constexpr (form::takes_context) {
      actor_context<Protocol> ctx(self);
      return settle<Message>(call<form>(handler, ctx, state, message), self, slot, sealed);
    } else {
      return settle<Message>(call_without<form>(handler, state, message), self, slot, sealed);
    }
  }

  template <class Form, class Handler, class Message>
  static decltype(auto) call(const Handler& handler, actor_context<Protocol>& ctx, State& state,
                             Message& message) {
    using parameter = typename Form::parameter;
    if constexpr (Form::takes_context && Form::takes_state) {
      return handler(ctx, state, pass<parameter>(message));
    } else if constexpr (Form::takes_context) {
      return handler(ctx, pass<parameter>(message));
    } else {
      return call_without<Form>(handler, state, message);
    }
  }
  template <class Form, class Handler, class Message>
  static decltype(auto) call_without(const Handler& handler, State& state, Message& message) {
    using parameter = typename Form::parameter;
    if constexpr (Form::takes_state) {
      return handler(state, pass<parameter>(message));
    } else {
      return handler(pass<parameter>(message));
    }
  }

  // A message by value or by `&&` is moved out of its envelope: it has no other reader.
  template <class Parameter, class Message>
  static decltype(auto) pass(Message& message) noexcept {
    if constexpr (std::is_lvalue_reference_v<Parameter>) {
      return static_cast<const Message&>(message);
    } else {
      return static_cast<Message&&>(message);
    }
  }

  template <class Message>
  static step settle(outcome made, cell*, void*, envelope* sealed) {
    if (made != outcome::unhandled) {
      message_in<Message>(sealed).~Message();
    }
    return static_cast<step>(made);
  }
  template <class Message>
  static step settle(behavior<Protocol>&& next, cell* self, void* slot, envelope* sealed) {
    if (next.operations() == nullptr) {
      return settle<Message>(next.as_outcome(), self, slot, sealed);
    }
    const step made = adopt(next, self, slot);
    message_in<Message>(sealed).~Message();
    return made;
  }
  template <class Message, class Next>
    requires std::is_same_v<Next, State> && (!std::is_same_v<State, no_state>)
  static step settle(Next&& next, cell*, void* slot, envelope* sealed) {
    State& state = kept<closure_type>::in(slot).state;
    if constexpr (std::is_nothrow_move_assignable_v<State>) {
      state = std::move(next);
    } else {
      state.~State();
      ::new (static_cast<void*>(&state)) State(std::move(next));
    }
    message_in<Message>(sealed).~Message();
    return step::same;
  }

  static step adopt(behavior<Protocol>& next, cell* self, void* slot) {
    if (next.operations() == operations_for<Protocol, State, Handlers...>()) {
      replace<closure_type>(slot, next.slot());
      next.release();
      return step::same;
    }
    return become(self, next);
  }

  // A handler that ended without waiting leaves nothing behind; another is kept.
  template <class Message>
  static step await(task<behavior<Protocol>>&& started, cell* self, void* slot,
                    envelope* sealed) {
    if (started.done()) {
      return settle<Message>(started.take(), self, slot, sealed);
    }
    ::new (suspend(self, sealed, waiting)) task<behavior<Protocol>>(std::move(started));
    return step::suspended;
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
  static constexpr task_operations waiting{&done, &conclude, &destroy};
};

template <unsigned Size>
struct behavior_table {
  behavior_operations operations;
  handle_message handlers[Size];
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

template <class Protocol, class State, class... Handlers>
[[nodiscard]] behavior<Protocol> make_behavior(State state, Handlers... handlers) {
  using closure_type = closure<State, Handlers...>;
  using handlers_type = typename closure_type::handlers;
  return behavior_access::make<Protocol, closure_type>(
      table_of<Protocol, State, Handlers...>.operations, std::move(state),
      handlers_type{{std::move(handlers)}...});
}

}  // namespace casty::detail
