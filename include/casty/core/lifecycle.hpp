/// @file
/// Hooks: what an actor does beside its messages, as it starts, stops and restarts.
///
/// Layer: core.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "casty/core/layer.hpp"

namespace casty {

template <class Protocol>
class actor_context;

namespace detail {

template <class Function, class Protocol>
inline constexpr bool plain_hook = std::is_invocable_v<const Function&, actor_context<Protocol>&> ||
                                   std::is_invocable_v<const Function&>;

template <class Function, class Protocol>
inline constexpr bool is_hook =
    plain_hook<Function, Protocol> ||
    std::is_invocable_v<const Function&, actor_context<Protocol>&, const std::exception_ptr&>;

}  // namespace detail

/// Something to do at one moment of an actor's life, in its turn:
///
/// ([ctx&]) -> anything; `pre_restart` also ([ctx&, std::exception_ptr]) -> anything
///
/// What it throws is a failure of the actor, which its strategy decides on; thrown by
/// `post_stop` it is logged.
template <class Protocol>
class lifecycle_hook {
 public:
  lifecycle_hook() noexcept = default;
  template <class Function>
    requires(detail::is_hook<Function, Protocol>)
  lifecycle_hook(Function function)
      : call_([function = std::move(function)](detail::cell* self,
                                               const std::exception_ptr& failure) {
          actor_context<Protocol> ctx(self);
          if constexpr (detail::plain_hook<Function, Protocol>) {
            if constexpr (std::is_invocable_v<const Function&>) {
              function();
            } else {
              function(ctx);
            }
          } else {
            function(ctx, failure);
          }
        }) {}
  // diagnostic
  template <class HookMustTakeNothingOrTheContext>
    requires(!detail::is_hook<HookMustTakeNothingOrTheContext, Protocol>)
  lifecycle_hook(HookMustTakeNothingOrTheContext) = delete;

 private:
  template <class>
  friend struct lifecycle_hooks;

  detail::shared_function<void(detail::cell*, const std::exception_ptr&)> call_;
};

/// The hooks of `behaviors::with_lifecycle`, each of them optional. Layers nest: those
/// outside start first and stop last.
template <class Protocol>
struct lifecycle_hooks {
  /// Before the behavior inside is made, once in an actor's life; after a failure of its
  /// own, again in the restart.
  lifecycle_hook<Protocol> pre_start = {};
  /// After the last message, when the children are gone, before watchers are told.
  lifecycle_hook<Protocol> post_stop = {};
  /// Before the behavior that failed is destroyed, when the children are gone. The failure
  /// is null after `behaviors::restart`.
  lifecycle_hook<Protocol> pre_restart = {};
  /// When the new behavior stands, before its first message.
  lifecycle_hook<Protocol> post_restart = {};

  // For the runtime.
  void run(detail::cell* self, detail::hook_moment when, const std::exception_ptr& why) const {
    using enum detail::hook_moment;
    const lifecycle_hook<Protocol>& chosen = when == pre_start     ? this->pre_start
                                             : when == post_stop   ? this->post_stop
                                             : when == pre_restart ? this->pre_restart
                                                                   : this->post_restart;
    if (chosen.call_) {
      chosen.call_(self, why);
    }
  }
};

namespace detail {

template <class Protocol>
struct hooked {
  behavior_base inner;
  lifecycle_hooks<Protocol> hooks;

  // The stack keeps its own: a strategy around gives a new one at each restart.
  static void enter(cell*, void* slot, behavior_base& inner) {
    inner = std::move(kept<hooked>::in(slot).inner);
  }
  static void hook(cell* self, const void* slot, hook_moment when,
                   const std::exception_ptr& failure) {
    kept<hooked>::in(const_cast<void*>(slot)).hooks.run(self, when, failure);
  }
  static const behavior_base* within(const void* slot) noexcept {
    return &kept<hooked>::in(const_cast<void*>(slot)).inner;
  }
  static constexpr layer_operations layer{&enter, nullptr, &hook, &within, false};
  static constexpr behavior_operations operations = kept<hooked>::operations(&layer);
};

}  // namespace detail

}  // namespace casty
