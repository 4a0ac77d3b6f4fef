#include "simulation/node_scheduler.hpp"

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

bool node_scheduler::stop(duration until) noexcept {
  in_.wake(number_);
  while (!all_ended()) {
    if (!has_left_) {
      if (!in_.step(time_.in_world(until))) {
        return all_ended();
      }
    } else if (!step()) {
      const duration due = stepped_scheduler::next_due();
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
  if (is_adversarial_ && left_-- == 0) {
    const std::uint64_t drawn = chance.next();
    habit_ = static_cast<habit>(drawn % 3);
    left_ = (drawn >> 8) % habit_most;
  }
  switch (habit_) {
    case habit::newest:
      return {runnable - 1, 1};
    case habit::oldest:
      return {};
    case habit::anybody:
      break;
  }
  return stepped_scheduler::choose(runnable);
}

}  // namespace casty::simulation
