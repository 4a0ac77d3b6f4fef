/// @file
/// The functions that make behaviors, in `casty::behaviors`.
///
/// Layer: core. May include meta.
#pragma once

#include <type_traits>
#include <utility>

#include "casty/core/closure.hpp"
#include "casty/core/lifecycle.hpp"
#include "casty/core/verdict.hpp"

namespace casty {

// diagnostic
/// Named in the error of a `behaviors::setup` whose factory does not take the context of
/// this protocol, or gives no behavior of it, or is a `mutable` lambda.
template <class Protocol>
struct setup_must_take_the_context_and_give_a_behavior_of;

namespace detail {

template <class Protocol, class Factory>
struct setup_closure {
  [[no_unique_address]] Factory factory;

  static void enter(cell* self, void* slot, behavior_base& inner) {
    const Factory& factory = kept<setup_closure>::in(slot).factory;
    auto& ctx = *::new (stable_context(self)) actor_context<Protocol>(self);
    inner = behavior<Protocol>(factory(ctx));
  }
  static constexpr layer_operations layer{&enter, nullptr, nullptr, nullptr, true};
  static constexpr behavior_operations operations = kept<setup_closure>::operations(&layer);
};

}  // namespace detail

namespace behaviors {

/// Messages that a behavior drops on purpose, as one more handler. A dropped request
/// ends its ask with `errc::no_reply`.
template <message... Messages>
inline constexpr detail::ignore_t<Messages...> ignore{};

/// One handler for all the messages that have none, as the last argument:
///
/// ([ctx&]) -> outcome | behavior | task<behavior>
template <class Handler>
[[nodiscard]] constexpr detail::otherwise_t<std::decay_t<Handler>> otherwise(Handler&& handler) {
  return {std::forward<Handler>(handler)};
}

/// A behavior that serves each message of `Protocol` by exactly one of `handlers`:
///
/// ([ctx&,] Message | const Message& | Message&&) -> outcome | behavior | task<behavior>
///
/// Lambdas or pointers to functions. Messages are told apart by their exact types. What
/// does not fit is one compile error that names the messages.
template <class Protocol, class... Handlers>
[[nodiscard]] behavior<Protocol> receive(Handlers... handlers) {
  if constexpr (detail::fits<Protocol, no_state, Handlers...>) {
    no_state none;
    return detail::make_behavior<Protocol>(none, handlers...);
  } else {
    using complaint = detail::complaint_of<Protocol, no_state, Handlers...>;
    decltype(explain(complaint{}))::see();
    return outcome::stopped;
  }
}

/// As `receive`, for handlers that share a state, which they may change in place or
/// answer anew:
///
/// ([ctx&,] [State& | const State&,] Message…) -> outcome | behavior | task<behavior> | State
///
/// @tparam State  Move-only is fine; then the behavior cannot be copied. To be answered
///                anew it can be assigned, or its move does not throw.
template <class Protocol, class State, class... Handlers>
[[nodiscard]] behavior<Protocol> with_state(State state, Handlers... handlers) {
  if constexpr (detail::fits<Protocol, State, Handlers...>) {
    return detail::make_behavior<Protocol>(state, handlers...);
  } else {
    using complaint = detail::complaint_of<Protocol, State, Handlers...>;
    decltype(explain(complaint{}))::see();
    return outcome::stopped;
  }
}

/// A behavior that is made when its actor starts, and anew at each restart:
///
/// (actor_context<Protocol>&) -> behavior<Protocol>
///
/// The context may be captured by reference: it stays valid until the actor stops.
/// `same` and its like are no behavior here: the actor fails with `errc::bad_behavior`,
/// but for `stopped`.
template <class Protocol, class Factory>
[[nodiscard]] behavior<Protocol> setup(Factory factory) {
  if constexpr (std::is_invocable_r_v<behavior<Protocol>, const Factory&,
                                      actor_context<Protocol>&>) {
    using closure = detail::setup_closure<Protocol, Factory>;
    return detail::behavior_access::make<Protocol, closure>(closure::operations,
                                                            std::move(factory));
  } else {
    setup_must_take_the_context_and_give_a_behavior_of<Protocol>::see();
    return outcome::stopped;
  }
}

/// A behavior, and what is to become of its actor when it fails: in a handler, a setup or a
/// hook inside. Strategies nest: the innermost decides first, and hands on what it
/// escalates or has restarted too often. See `one_for_one_strategy`.
///
/// @throws  `casty::error` of not_copyable: a restart needs a copy. What cannot be copied is
///          made in a `setup`, which runs anew.
template <class Protocol>
[[nodiscard]] behavior<Protocol> supervise(behavior<Protocol> inner,
                                           one_for_one_strategy strategy) {
  return detail::behavior_access::make<Protocol, detail::supervised>(
      detail::supervised::operations,
      detail::supervise(std::move(inner), {std::move(strategy), false}));
}
template <class Protocol>
[[nodiscard]] behavior<Protocol> supervise(behavior<Protocol> inner,
                                           all_for_one_strategy strategy) {
  return detail::behavior_access::make<Protocol, detail::supervised>(
      detail::supervised::operations,
      detail::supervise(std::move(inner),
                        {{strategy.max_restarts, strategy.within, std::move(strategy.decider),
                          strategy.backoff},
                         true}));
}

/// A behavior with things to do as its actor starts, stops and restarts:
/// `with_lifecycle(worker(), {.pre_start = [](auto& ctx) { … }})`.
template <class Protocol>
[[nodiscard]] behavior<Protocol> with_lifecycle(
    behavior<Protocol> inner, lifecycle_hooks<std::type_identity_t<Protocol>> hooks) {
  using closure = detail::hooked<Protocol>;
  return detail::behavior_access::make<Protocol, closure>(
      closure::operations, static_cast<detail::behavior_base&&>(inner), std::move(hooks));
}

}  // namespace behaviors

}  // namespace casty
