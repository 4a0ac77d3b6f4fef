/// @file
/// The stack of layers around an actor's behavior, and how a behavior takes its place.
///
/// Layer: runtime, private. All of it runs in the turn of the actor.
#pragma once

#include <cstddef>

#include "runtime/cell.hpp"

namespace casty::detail {

void destroy_behavior(cell* actor) noexcept;
// Into a slot that holds none.
void move_in(cell* actor, behavior_base& first) noexcept;

// Enters the layers of `next`, the outermost first, and puts the behavior that they lead to
// in place. The hook `pre_start` of the first `started` layers has run already. What throws
// leaves the layers entered so far.
void enter(cell* self, behavior_base next, std::size_t started);
// A handler's next behavior. Its layers take the place of those that an earlier one brought,
// inside of those that the actor was spawned with.
void install(cell* self, behavior_base next);
// Enters `from` again; what stood inside is gone.
void enter_again(cell* self, layer* from);

// Runs the hooks of all layers: of `pre_restart` and `post_stop` the innermost first.
void run_hooks(cell* self, hook_moment when, const std::exception_ptr& failure);
// The next that has not run yet; false when all have. What it throws is the caller's.
bool run_stop_hook(cell* self);

[[nodiscard]] inline const supervision* strategy_of(const layer& of) noexcept {
  const layer_operations* operations = layer_of(of.kept);
  return operations->strategy == nullptr ? nullptr : operations->strategy(of.kept.slot());
}

}  // namespace casty::detail
