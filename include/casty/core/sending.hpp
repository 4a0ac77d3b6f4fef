/// @file
/// Sending to a mailbox that may be full: by a wait for room.
///
/// Layer: core. The functions declared here are defined by the runtime.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include "casty/core/envelope.hpp"

namespace casty {

namespace detail {

struct ask_block;

// In the table of a ref: its actor's mailbox may refuse.
inline constexpr std::uint32_t may_refuse = 1U << 16;

// Room for one message in the mailbox of `to`; false when it is full. An actor that is gone
// has room: for a dead letter.
[[nodiscard]] bool reserve_room(const target& to) noexcept;
// For the envelope of a ref that translates, or whose actor may refuse: gives it its tag, and
// reserves room where it may. Throws `errc::mailbox_full`, and frees the envelope then.
void admit(const target& to, envelope* open);
// Takes that back, and frees the envelope, when no message has come into it.
void withdraw(const target& to, envelope* open) noexcept;
// A reservation that is not used.
void return_room(const target& to) noexcept;

struct room_guard {
  explicit room_guard(const target* of) noexcept : to(of) {}
  room_guard(const room_guard&) = delete;
  room_guard& operator=(const room_guard&) = delete;
  ~room_guard() {
    if (to != nullptr) {
      return_room(*to);
    }
  }
  const target* to;
};

// The waiting side: of the actor that runs now.
[[nodiscard]] ask_block* offer_message(envelope* sealed, std::coroutine_handle<> waiting);
void conclude_offer(ask_block* offered);
void abandon_offer(ask_block* offered) noexcept;

}  // namespace detail

/// A message that waits for room in a mailbox with backpressure, as `ref.send` gives it. To
/// be awaited in a coroutine handler; it is sent at the latest when the wait ends, also
/// when its sender stops or restarts meanwhile. Dropped before it is awaited, it is not sent.
///
/// @throws  From `co_await`: `casty::error` of dead_target when the actor stops meanwhile, and
///          of mailbox_full when it is the sender itself, which would wait for ever.
/// @thread  The actor's that sends.
class [[nodiscard]] sending {
 public:
  // For the runtime.
  sending(const detail::target& to, detail::envelope* sealed) noexcept : to_(to), sealed_(sealed) {}
  sending(sending&& other) noexcept
      : to_(other.to_),
        sealed_(std::exchange(other.sealed_, nullptr)),
        offered_(std::exchange(other.offered_, nullptr)) {}
  sending& operator=(sending&&) = delete;
  ~sending() {
    if (offered_ != nullptr) {
      detail::abandon_offer(offered_);
    }
    if (sealed_ != nullptr) {
      if (sealed_->operations->destroy != nullptr) {
        sealed_->operations->destroy(detail::message_address(sealed_));
      }
      detail::free_block(sealed_, sealed_->operations->bytes);
    }
  }

  [[nodiscard]] bool await_ready() noexcept {
    if ((to_.table & detail::may_refuse) != 0) {
      if (!detail::reserve_room(to_)) {
        return false;
      }
      sealed_->flags = detail::envelope::has_room;
    }
    detail::post(std::exchange(sealed_, nullptr));
    return true;
  }
  void await_suspend(std::coroutine_handle<> waiting) {
    offered_ = detail::offer_message(std::exchange(sealed_, nullptr), waiting);
  }
  void await_resume() {
    if (offered_ != nullptr) {
      detail::conclude_offer(std::exchange(offered_, nullptr));
    }
  }

 private:
  detail::target to_;
  detail::envelope* sealed_;
  detail::ask_block* offered_ = nullptr;
};

}  // namespace casty
