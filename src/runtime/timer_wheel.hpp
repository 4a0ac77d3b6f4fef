/// @file
/// Timers by the million: a hierarchical wheel, O(1) to set and to take back.
///
/// Layer: runtime, private.
/// @source  Varghese & Lauck 1987, "Hashed and hierarchical timing wheels", scheme 7.
#pragma once

#include <array>
#include <cstdint>

#include "casty/core/ask_block.hpp"

namespace casty::detail {

/// Fires within one tick, about a millisecond, after a timer is due; never before.
/// Timers of one tick fire in the order in which they were set.
class timer_wheel {
 public:
  timer_wheel() noexcept;
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  /// Sets `timer`, which is not set, to `timer.due`, in nanoseconds of the clock.
  void set(timer_node& timer) noexcept;
  /// Sets `timer`, whose `due` is a span as yet: it begins at the next `begin_spans`.
  void set_span(timer_node& timer) noexcept { link_last(spans_, timer); }
  void begin_spans(std::int64_t now) noexcept {
    if (spans_.next != &spans_) {
      begin_all_spans(now);
    }
  }
  /// Takes a timer back; one that is not set stays so.
  static void cancel(timer_node& timer) noexcept {
    if (is_set(timer)) {
      unlink(timer);
    }
  }
  [[nodiscard]] static bool is_set(const timer_node& timer) noexcept {
    return timer.next != nullptr;
  }

  /// Moves on to `now`; gives the next timer that is due by then, no longer set, or null.
  [[nodiscard]] timer_node* pop(std::int64_t now) noexcept {
    return now >> tick_bits == now_ && !is_changed_ ? nullptr : pop_due(now);
  }

  /// A moment not after the next timer fires; INT64_MAX when none is set, INT64_MIN while
  /// spans have not begun.
  [[nodiscard]] std::int64_t next_due() noexcept;

 private:
  static void unlink(timer_node& timer) noexcept {
    timer.previous->next = timer.next;
    timer.next->previous = timer.previous;
    timer.next = nullptr;
    timer.previous = nullptr;
  }
  static void link_last(timer_node& head, timer_node& timer) noexcept {
    timer.previous = head.previous;
    timer.next = &head;
    head.previous->next = &timer;
    head.previous = &timer;
  }

  static constexpr int tick_bits = 20;
  static constexpr int slot_bits = 6;
  static constexpr int levels = 8;  // 48 bits of ticks: more than 63 bits of nanoseconds have
  static constexpr int slots = 1 << slot_bits;

  struct level {
    std::uint64_t occupied = 0;  // may name slots that have emptied since
    std::array<timer_node, slots> heads;
  };

  // The first slot that holds a timer, and the tick at which it is to be looked at.
  struct place {
    int level;
    int slot;
    std::int64_t tick;
  };

  [[nodiscard]] timer_node* pop_due(std::int64_t now) noexcept;
  void insert(timer_node& timer) noexcept;
  void begin_all_spans(std::int64_t now) noexcept;
  [[nodiscard]] bool first_place(place& found) noexcept;
  static bool is_empty(const timer_node& head) noexcept { return head.next == &head; }

  std::int64_t now_ = 0;      // in ticks
  bool is_changed_ = false;   // since it was seen that nothing more is due at `now_`
  std::array<level, levels> levels_;
  timer_node spans_;  // the head of those set by span
};

}  // namespace casty::detail
