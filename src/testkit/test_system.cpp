#include "casty/testkit/test_system.hpp"

#include <algorithm>

namespace casty::testkit {

std::uint64_t seeded_random::next() noexcept {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

bool seeded_scheduler::stop(duration until) noexcept {
  while (!loops_->ended(0)) {
    if (step()) {
      continue;
    }
    const duration due = next_due();
    if (due > until) {
      return false;
    }
    time_.set(due);
  }
  return true;
}

bool seeded_scheduler::wait(const std::uint32_t& word, std::uint32_t value,
                            duration until) noexcept {
  const auto unchanged = [&] { return __atomic_load_n(&word, __ATOMIC_ACQUIRE) == value; };
  while (unchanged()) {
    if (step() || !unchanged()) {
      continue;
    }
    const duration due = next_due();
    if (due > until || due == duration::max()) {
      // Nothing will ever change it: only the deadline can come.
      if (until != duration::max()) {
        time_.set(until);
      }
      return false;
    }
    time_.set(due);
  }
  return true;
}

scheduler::turn seeded_scheduler::choose(unsigned runnable) noexcept {
  // A window, so that a turn costs the same however many are runnable.
  constexpr unsigned window = 64;
  const std::uint64_t drawn = chance_.next();
  turn chosen;
  chosen.actor = static_cast<unsigned>((drawn >> 32) % std::min(runnable, window));
  chosen.messages = (drawn & 1) != 0 ? 1 + static_cast<unsigned>((drawn >> 1) % 8) : UINT32_MAX;
  return chosen;
}

test_system::test_system(std::uint64_t seed, const system_options& options)
    : seeded_seams(seed), actor_system(options, seams{&time, &order, &chance}), seed_(seed) {}

void test_system::run() noexcept {
  while (order.step()) {
  }
}

void test_system::advance(duration span) noexcept {
  const duration until = time.now() + span;
  run();
  for (duration due = order.next_due(); due <= until; due = order.next_due()) {
    time.set(due);
    run();
  }
  time.set(until);
  run();
}

std::uint64_t test_system::trace_hash() const noexcept { return trace(); }

bool test_system::balanced() const noexcept {
  const message_counts all = counts();
  return all.sent == all.handled + all.dead + all.waiting;
}

}  // namespace casty::testkit
