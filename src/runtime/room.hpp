/// @file
/// Room in bounded mailboxes: counted where the actor lives, and for backpressure in a word
/// that senders reach from any thread.
///
/// Layer: runtime, private.
#pragma once

#include <cstdint>
#include <deque>

#include "casty/core/mailbox.hpp"
#include "casty/core/sending.hpp"
#include "runtime/worker.hpp"

namespace casty::detail {

// A message that waits for room, and who waits with it.
struct offer {
  offer(envelope* what, ask_block* of) noexcept : sealed(what), sender(of) {}
  offer(offer&& other) noexcept
      : sealed(std::exchange(other.sealed, nullptr)),
        sender(std::exchange(other.sender, nullptr)) {}
  offer& operator=(offer&& other) noexcept {
    std::swap(sealed, other.sealed);
    std::swap(sender, other.sender);
    return *this;
  }
  ~offer();

  envelope* sealed;
  ask_block* sender;
};

// The bound of a mailbox. Threads: that of the worker, but for the word behind `record`.
struct mailbox_bound {
  std::uint32_t capacity = 0;
  casty::overflow overflow = casty::overflow::drop_new;
  std::uint32_t waiting = 0;  // unless backpressure
  std::uint32_t record = 0;   // backpressure: the number of its word
  std::deque<offer> offers;
};

// Gives a new actor its bound, before anybody knows of it.
void bind_mailbox(cell* actor, const mailbox& to);
// No sender is refused any more: what comes is a dead letter. Offers end with the actor.
void unbind_mailbox(worker& here, cell* actor) noexcept;
void free_bound(cell* actor) noexcept;

// A message comes to a bounded mailbox. False when it was refused: it is the caller's.
// What must give way to it is in `displaced`.
[[nodiscard]] bool take_room(cell* actor, envelope* sealed, envelope*& displaced) noexcept;
// One has left it to be handled.
void leave_room(worker& here, cell* actor) noexcept;

// From here on the messages that wait are counted, however many. Before anybody has sent any.
void count_waiting(cell* actor);
// Messages sent to an actor and not yet taken, as far as somebody counts them: for an actor
// of another thread only with backpressure. Else 0.
[[nodiscard]] std::uint32_t waiting_at(const worker& here, const target& actor) noexcept;

void obey_offer(worker& here, cell* actor, offer& made) noexcept;
// Room was given back by a sender.
void obey_room(worker& here, cell* actor) noexcept;
// Sends where there is room; else it is a dead letter.
void post_if_room(const target& to, envelope* sealed) noexcept;

}  // namespace casty::detail
