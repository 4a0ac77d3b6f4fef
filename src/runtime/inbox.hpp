/// @file
/// What reaches a worker from other threads: a lock-free list of envelopes.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstdint>

#include "casty/core/envelope.hpp"

namespace casty::detail {

struct engine;
struct worker;

// Where a cell says that it lives. Never freed, for a stale ref may lead here after the
// system is gone; then it is closed.
//
// Invariants: any thread pushes by CAS; only the worker's thread takes, all at once; so
// there is no ABA. The worker sets `asleep` before it parks and looks at the list once
// more after; a sender pushes first and looks at `asleep` after, both sequentially
// consistent: one of them sees the other. `wakers` counts threads that may still touch
// the engine; they count themselves before they read `system`, and the engine clears
// `system` before it looks at `wakers`, so that it is 0 before the engine goes.
//
// Two lines: the first goes to and fro between the cores with each message, the second is
// written when a worker parks or ends, and stays where it is read.
struct alignas(64) port {
  std::atomic<envelope*> head{nullptr};
  std::atomic<bool> is_hungry{false};     // its worker would take actors over: see lending.cpp
  alignas(64) std::atomic<std::uint32_t> asleep{0};
  std::atomic<std::uint32_t> wakers{0};
  std::atomic<std::uint64_t> refused{0};  // messages that came after it was closed
  engine* system = nullptr;
  worker* owner = nullptr;
  unsigned number = 0;

  // False when closed: the envelope stays the caller's.
  [[nodiscard]] bool push(envelope* sealed) noexcept {
    __builtin_prefetch(&head, 1);  // to be written: it comes once, not first to be read
    // Who finds it closed sees what its worker did before: it may take the envelope's ask apart.
    envelope* seen = head.load(std::memory_order_acquire);
    do {
      if (seen == closed()) {
        return false;
      }
      sealed->next = seen;
    } while (!head.compare_exchange_weak(seen, sealed, std::memory_order_seq_cst,
                                         std::memory_order_acquire));
    return true;
  }
  // All that was pushed, the oldest first; null when there is nothing.
  [[nodiscard]] envelope* take() noexcept {
    envelope* seen = head.load(std::memory_order_relaxed);
    if (seen == nullptr) {
      return nullptr;
    }
    __builtin_prefetch(seen);  // comes along while the list is taken
    return oldest_first(head.exchange(nullptr, std::memory_order_acquire));
  }
  // As `take`, and nothing can be pushed any more.
  [[nodiscard]] envelope* close() noexcept {
    envelope* left = head.exchange(closed(), std::memory_order_acq_rel);
    return left == nullptr || left == closed() ? nullptr : oldest_first(left);
  }
  // What was pushed last, before it the rest: for a look while no thread runs.
  [[nodiscard]] envelope* newest() const noexcept {
    envelope* seen = head.load(std::memory_order_acquire);
    return seen == closed() ? nullptr : seen;
  }
  [[nodiscard]] bool empty() const noexcept {
    return head.load(std::memory_order_seq_cst) == nullptr;
  }

 private:
  static envelope* closed() noexcept { return reinterpret_cast<envelope*>(1); }
  static envelope* oldest_first(envelope* newest) noexcept {
    envelope* reversed = nullptr;
    while (newest != nullptr) {
      envelope* following = newest->next;
      newest->next = reversed;
      reversed = newest;
      newest = following;
    }
    return reversed;
  }
};

}  // namespace casty::detail
