/// @file
/// Which threads are about to push into which inbox: so that an actor can move from worker to
/// worker and no message overtakes another.
///
/// Layer: runtime, private.
/// @source  Michael 2004, "Hazard pointers: safe memory reclamation for lock-free objects":
///          the same announcement, of an inbox instead of a node.
#pragma once

#include "runtime/cell.hpp"
#include "runtime/inbox.hpp"

namespace casty::detail {

// The port in the `owner` of a cell. Its lowest bit is set while the actor is on its way there.
[[nodiscard]] inline port* on_its_way_to(port& home) noexcept {
  return reinterpret_cast<port*>(reinterpret_cast<std::size_t>(&home) | 1U);
}
[[nodiscard]] inline port* without_mark(port* owner) noexcept {
  return reinterpret_cast<port*>(reinterpret_cast<std::size_t>(owner) & ~std::size_t{1});
}
// Where an actor of any thread lives, or goes.
[[nodiscard]] inline port* home_of(const cell* actor) noexcept {
  port* owner = __atomic_load_n(&actor->owner, __ATOMIC_ACQUIRE);
  return owner == nullptr ? last_owner_of(actor) : without_mark(owner);
}

// Hands an envelope to the worker of its actor, which is not that of this thread, or is but
// the actor has not arrived yet.
//
// Invariants: a sender announces the port that it has read from the cell, reads the cell once
// more, and pushes only where it still says the same; a worker that gives an actor away changes
// `owner` first and looks at the announcements after, all sequentially consistent. So once no
// sender announces its port, whatever was sent to the actor here lies in its inbox.
void post_far(envelope* sealed) noexcept;

/// True while a thread may still push into this inbox by an `owner` that it read before.
[[nodiscard]] bool is_announced(const port& inbox) noexcept;

}  // namespace casty::detail
