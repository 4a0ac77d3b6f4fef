#include "runtime/timer_wheel.hpp"

#include <algorithm>
#include <bit>

#include "casty/core/duration.hpp"

namespace casty::detail {

timer_wheel::timer_wheel() noexcept {
  for (level& each : levels_) {
    for (timer_node& head : each.heads) {
      head.next = &head;
      head.previous = &head;
    }
  }
  spans_.next = &spans_;
  spans_.previous = &spans_;
}

void timer_wheel::set(timer_node& timer) noexcept { insert(timer); }

void timer_wheel::begin_all_spans(std::int64_t now) noexcept {
  while (spans_.next != &spans_) {
    timer_node& timer = *spans_.next;
    unlink(timer);
    timer.due = (duration::nanoseconds(now) + duration::nanoseconds(timer.due)).count();
    insert(timer);
  }
}

// A timer stands on the level of the highest digit in which its tick differs from now, so
// that it is looked at again when that digit has come.
void timer_wheel::insert(timer_node& timer) noexcept {
  constexpr std::int64_t round_up = (std::int64_t{1} << tick_bits) - 1;
  const std::int64_t due = timer.due > INT64_MAX - round_up ? INT64_MAX : timer.due + round_up;
  const std::int64_t tick = std::max(due >> tick_bits, now_);
  const auto differing = static_cast<std::uint64_t>(tick ^ now_) | (slots - 1U);
  const int at = (63 - std::countl_zero(differing)) / slot_bits;
  const auto slot = static_cast<std::size_t>((tick >> (at * slot_bits)) & (slots - 1));
  level& chosen = levels_[static_cast<std::size_t>(at)];
  chosen.occupied |= std::uint64_t{1} << slot;
  is_changed_ = true;
  link_last(chosen.heads[slot], timer);
}

bool timer_wheel::first_place(place& found) noexcept {
  for (int at = 0; at < levels; ++at) {
    level& here = levels_[static_cast<std::size_t>(at)];
    const int shift = at * slot_bits;
    const int current = static_cast<int>((now_ >> shift) & (slots - 1));
    while (here.occupied != 0) {
      const int ahead = std::countr_zero(std::rotr(here.occupied, current));
      const int slot = (current + ahead) & (slots - 1);
      if (is_empty(here.heads[static_cast<std::size_t>(slot)])) {
        here.occupied &= ~(std::uint64_t{1} << slot);
        continue;
      }
      found = {at, slot, std::max(((now_ >> shift) + ahead) << shift, now_)};
      return true;
    }
  }
  return false;
}

timer_node* timer_wheel::pop_due(std::int64_t now) noexcept {
  const std::int64_t until = now >> tick_bits;
  place found;
  while (first_place(found) && found.tick <= until) {
    now_ = found.tick;
    timer_node& head = levels_[static_cast<std::size_t>(found.level)]
                           .heads[static_cast<std::size_t>(found.slot)];
    if (found.level == 0) {
      timer_node* due = head.next;
      unlink(*due);
      is_changed_ = true;
      return due;
    }
    // The digit has come: each stands on a lower level now.
    timer_node waiting;
    waiting.next = head.next;
    waiting.previous = head.previous;
    waiting.next->previous = &waiting;
    waiting.previous->next = &waiting;
    head.next = &head;
    head.previous = &head;
    while (waiting.next != &waiting) {
      timer_node& timer = *waiting.next;
      unlink(timer);
      insert(timer);
    }
  }
  now_ = std::max(now_, until);
  is_changed_ = false;
  return nullptr;
}

std::int64_t timer_wheel::next_due() noexcept {
  if (spans_.next != &spans_) {
    return INT64_MIN;
  }
  place found;
  return first_place(found) ? found.tick << tick_bits : INT64_MAX;
}

}  // namespace casty::detail
