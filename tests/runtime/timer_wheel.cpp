#include "runtime/timer_wheel.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "casty/testkit/test_system.hpp"

namespace {

using casty::detail::timer_node;
using casty::detail::timer_wheel;

constexpr std::int64_t tick = std::int64_t{1} << 20;

TEST_CASE("runtime/timer_wheel: fires once due, never before, within a tick") {
  timer_wheel wheel;
  for (const std::int64_t due : {std::int64_t{1}, tick, 63 * tick, 64 * tick, 65 * tick,
                                 4096 * tick + 1, 300000 * tick, tick << 30}) {
    CAPTURE(due);
    timer_node timer;
    timer_wheel fresh;
    timer.due = due;
    fresh.set(timer);
    CHECK(fresh.next_due() <= due + tick);
    CHECK(fresh.pop(due - 1) == nullptr);
    CHECK(timer_wheel::is_set(timer));
    CHECK(fresh.pop(due + tick) == &timer);
    CHECK_FALSE(timer_wheel::is_set(timer));
    CHECK(fresh.next_due() == INT64_MAX);
  }
}

TEST_CASE("runtime/timer_wheel: a timer taken back does not fire, one set again does") {
  timer_wheel wheel;
  timer_node timer;
  timer.due = 100 * tick;
  wheel.set(timer);
  timer_wheel::cancel(timer);
  timer_wheel::cancel(timer);
  CHECK(wheel.pop(200 * tick) == nullptr);

  timer.due = 300 * tick;
  wheel.set(timer);
  CHECK(wheel.pop(299 * tick) == nullptr);
  CHECK(wheel.pop(300 * tick) == &timer);
}

TEST_CASE("runtime/timer_wheel: the farthest timers are kept, and those past fire at once") {
  timer_wheel wheel;
  timer_node never;
  never.due = INT64_MAX;
  wheel.set(never);
  timer_node past;
  CHECK(wheel.pop(1000 * tick) == nullptr);
  past.due = 5;
  wheel.set(past);
  CHECK(wheel.pop(1000 * tick) == &past);
  CHECK(wheel.pop(INT64_MAX / 2) == nullptr);
  CHECK(timer_wheel::is_set(never));
  timer_wheel::cancel(never);
}

// Against the obvious: a map by tick, in the order of setting.
TEST_CASE("runtime/timer_wheel: does as a sorted list does, for any sets, cancels and leaps") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    casty::testkit::seeded_random chance(seed);
    timer_wheel wheel;
    std::multimap<std::int64_t, timer_node*> model;
    std::vector<std::unique_ptr<timer_node>> timers;
    std::int64_t now = 0;
    for (int round = 0; round < 3000; ++round) {
      const std::uint64_t drawn = chance.next();
      if (drawn % 4 != 0) {
        auto timer = std::make_unique<timer_node>();
        timer->due = now + static_cast<std::int64_t>((drawn >> 8) % (tick << (drawn % 24)));
        wheel.set(*timer);
        model.emplace((timer->due + tick - 1) / tick, timer.get());
        timers.push_back(std::move(timer));
      } else if (drawn % 8 == 0 && !model.empty()) {
        timer_wheel::cancel(*model.begin()->second);
        model.erase(model.begin());
      } else {
        now += static_cast<std::int64_t>((drawn >> 8) % (tick << (drawn % 20)));
        std::vector<timer_node*> fired;
        while (timer_node* due = wheel.pop(now)) {
          fired.push_back(due);
        }
        std::size_t expected = 0;
        while (!model.empty() && model.begin()->first <= now / tick) {
          REQUIRE(expected < fired.size());
          REQUIRE((fired[expected]->due + tick - 1) / tick == model.begin()->first);
          ++expected;
          model.erase(model.begin());
        }
        REQUIRE(fired.size() == expected);
      }
    }
  }
}

}  // namespace
