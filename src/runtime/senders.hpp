/// @file
/// Which threads are about to push into which inbox: so that an actor can move from worker to
/// worker and no message overtakes another.
///
/// Layer: runtime, private.
/// @source  Michael 2004, "Hazard pointers: safe memory reclamation for lock-free objects":
///          the same announcement, of an inbox instead of a node.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/cell.hpp"
#include "runtime/inbox.hpp"

namespace casty::detail {

// The port in the `owner` of a cell. Its lowest bit is set while the actor is on its way there,
// the one above while it has arrived, and what came early is still to be delivered. So the
// worker of that port does not take it for one of its own yet.
[[nodiscard]] inline port* on_its_way_to(port& home) noexcept {
  return reinterpret_cast<port*>(reinterpret_cast<std::size_t>(&home) | 1U);
}
[[nodiscard]] inline port* arriving_at(port& home) noexcept {
  return reinterpret_cast<port*>(reinterpret_cast<std::size_t>(&home) | 2U);
}
[[nodiscard]] inline port* without_mark(port* owner) noexcept {
  return reinterpret_cast<port*>(reinterpret_cast<std::size_t>(owner) & ~std::size_t{3});
}
// Where an actor of any thread lives, or goes.
[[nodiscard]] inline port* home_of(const cell* actor) noexcept {
  port* owner = __atomic_load_n(&actor->owner, __ATOMIC_ACQUIRE);
  return owner == nullptr ? last_owner_of(actor) : without_mark(owner);
}

// What a thread says of the send that it is in.
struct announcement;

// One send from another thread: from the look at where the actor lives until its message lies
// there. A thread is in one at a time, and does in it nothing else but push.
//
// Invariants:
//  - Hand-overs are numbered through. A sender says first which of them it has heard of, then
//    to which port it sends, reads the cell once more, and pushes only where that still says
//    the same.
//  - A worker that gives actors away changes `owner` of each, then takes a number, then looks
//    at what the senders say. All of that is sequentially consistent.
//  - So a sender that has heard of this number reads the new owner, and so does one whose
//    announcement is not there yet at that look. Only the sends that had begun before are
//    waited for; each is over after a few instructions, whatever else its thread sends then.
//  - A send says that it is over after its push, before it wakes anybody. So once none of
//    those is left, all that was sent to the actors here lies in the inbox.
class sending {
 public:
  explicit sending(const cell* actor) noexcept;
  sending(const sending&) = delete;
  sending& operator=(const sending&) = delete;
  ~sending();

  // Null when the actor died long ago, and its cell has no memory any more.
  [[nodiscard]] port* to() const noexcept { return to_; }

 private:
  announcement& said_;
  port* to_;
};

// Hands an envelope to the worker of its actor, which is not that of this thread, or is but
// the actor has not arrived yet; or buries it, when the actor died long ago.
void post_far(envelope* sealed) noexcept;

/// The number of a hand-over that begins, of actors whose `owner` has changed already.
[[nodiscard]] std::uint64_t number_hand_over() noexcept;
/// True while a thread may still push into this inbox that has read such an `owner` before.
[[nodiscard]] bool is_sent_to(const port& inbox, std::uint64_t hand_over) noexcept;
/// How many announcements there are: as many as threads have sent at one time.
[[nodiscard]] std::size_t announcements() noexcept;

}  // namespace casty::detail
