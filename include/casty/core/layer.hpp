/// @file
/// What stands around the behavior that serves messages: a setup, hooks, a strategy.
///
/// Layer: core.
#pragma once

#include <cstdint>
#include <exception>

#include "casty/core/behavior.hpp"
#include "casty/core/supervision.hpp"

namespace casty::detail {

enum class hook_moment : std::uint8_t { pre_start, post_stop, pre_restart, post_restart };

// What a strategy comes to, of either kind.
struct supervision : one_for_one_strategy {
  bool all_for_one = false;
  // Of the configuration: stands back when the code has a strategy of its own.
  bool as_configured = false;
};

// What a behavior that serves no messages does for the one inside of it. The runtime keeps
// the layers of an actor on a stack, and enters them again when the actor restarts.
struct layer_operations {
  // Gives the behavior inside. In the turn of the actor, each time that it starts.
  void (*enter)(cell* self, void* slot, behavior_base& inner);
  // Null but for `supervise`.
  const supervision* (*strategy)(const void* slot) noexcept;
  // Null but for `with_lifecycle`.
  void (*hook)(cell* self, const void* slot, hook_moment when, const std::exception_ptr& failure);
  // The behavior inside; null when only `enter` makes it.
  const behavior_base* (*inner)(const void* slot) noexcept;
  // `enter` may be called again.
  bool repeatable;
};

[[nodiscard]] inline const layer_operations* layer_of(const behavior_base& of) noexcept {
  return of.operations() == nullptr ? nullptr : of.operations()->layer;
}

// Whether a copy of the behavior would throw `errc::not_copyable`.
[[nodiscard]] bool is_copyable(const behavior_base& of) noexcept;

// A behavior and what to do when it fails.
struct supervised {
  behavior_base inner;
  supervision strategy;

  static const behavior_operations operations;
};

// Gives a behavior a strategy. Throws `errc::not_copyable`, for a restart needs a copy.
[[nodiscard]] supervised supervise(behavior_base&& inner, supervision&& strategy);

}  // namespace casty::detail
