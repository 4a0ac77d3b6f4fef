#include "simulation/node_scheduler.hpp"

#include <algorithm>

namespace casty::simulation {

namespace {

constexpr std::uint64_t habit_most = 1000;  // turns

}  // namespace

void node_scheduler::leave() noexcept {
  if (!has_left_) {
    has_left_ = true;
    time_.stand_apart();
    in_.remove(number_);
  }
}

// Of several workers the first that has something to do, from a drawn one on.
bool node_scheduler::turn() noexcept {
  if (loops_ == nullptr) {
    return false;
  }
  const auto first = workers_ == 1 ? 0U : static_cast<unsigned>(chance_.next() % workers_);
  for (unsigned each = 0; each < workers_; ++each) {
    if (loops_->step((first + each) % workers_)) {
      return true;
    }
  }
  return false;
}

duration node_scheduler::next_due_here() const noexcept {
  duration first = duration::max();
  for (unsigned each = 0; loops_ != nullptr && each < workers_; ++each) {
    first = std::min(first, loops_->next_due(each));
  }
  return first;
}

bool node_scheduler::all_ended() const noexcept {
  unsigned ended = 0;
  while (ended < workers_ && loops_->ended(ended)) {
    ++ended;
  }
  return ended == workers_;
}

bool node_scheduler::stop(duration until) noexcept {
  in_.wake(number_);
  while (!all_ended()) {
    if (!has_left_) {
      if (!in_.step(time_.in_world(until))) {
        return all_ended();
      }
    } else if (!turn()) {
      const duration due = next_due_here();
      if (due > until) {
        return false;
      }
      time_.set(due);
    }
  }
  return true;
}

bool node_scheduler::wait(const std::uint32_t& word, std::uint32_t value,
                          duration until) noexcept {
  const auto unchanged = [&] { return __atomic_load_n(&word, __ATOMIC_ACQUIRE) == value; };
  const bool is_endless = until == duration::max();
  const duration end = is_endless ? in_.now() + longest_wait : time_.in_world(until);
  in_.wake(number_);
  while (unchanged()) {
    if (has_left_) {
      return false;
    }
    if (!in_.step(end)) {
      if (is_endless && unchanged()) {
        in_.fail("a wait without a deadline has taken an hour");
      }
      return !unchanged();
    }
  }
  return true;
}

scheduler::turn node_scheduler::choose(unsigned runnable) noexcept {
  const std::uint64_t drawn = chance_.next();
  if (is_adversarial_ && left_-- == 0) {
    habit_ = static_cast<habit>(drawn % 3);
    left_ = (drawn >> 8) % habit_most;
  }
  scheduler::turn chosen;
  switch (habit_) {
    case habit::newest:
      chosen = {runnable - 1, 1};
      break;
    case habit::oldest:
      break;
    case habit::anybody:
      chosen.actor = static_cast<unsigned>((drawn >> 32) % runnable);
      chosen.messages =
          (drawn & 1) != 0 ? 1 + static_cast<unsigned>((drawn >> 1) % 8) : UINT32_MAX;
      break;
  }
  return chosen;
}

}  // namespace casty::simulation
