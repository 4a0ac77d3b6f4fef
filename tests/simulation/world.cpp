#include "simulation/world.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using casty::duration;
using casty::simulation::process;
using casty::simulation::world;

// Has something to do so many times, and then every second.
struct worker final : process {
  explicit worker(world& in) : all(in), number(in.add(*this)) {}
  bool turn() noexcept override {
    if (left == 0) {
      return false;
    }
    --left;
    turns.push_back(all.now());
    return true;
  }
  [[nodiscard]] duration next_due() const noexcept override { return duration::max(); }

  world& all;
  casty::simulation::process_number number;
  unsigned left = 0;
  std::vector<duration> turns;
};

TEST_CASE("simulation/world: things happen in the order of their times, then of their making") {
  world all(1);
  std::string order;
  const duration soon = all.now() + duration::seconds(1);
  all.at(soon, [&] { order += 'b'; });
  all.at(soon, [&] { order += 'c'; });
  all.at(all.now(), [&] { order += 'a'; });
  all.at(soon + duration::seconds(1), [&] { order += 'd'; });
  all.run_for(duration::seconds(1));
  CHECK(order == "abc");
  CHECK(all.now() == soon);
}

TEST_CASE("simulation/world: turns take time, and who is asleep is woken") {
  world all(1);
  worker one(all);
  all.run_for(duration::seconds(1));
  one.left = 100;
  all.run_for(duration::seconds(1));
  CHECK(one.turns.empty());
  all.wake(one.number);
  const duration begin = all.now();
  all.run_for(duration::seconds(1));
  REQUIRE(one.turns.size() == 100);
  CHECK(one.turns.back() > begin + duration::nanoseconds(99));
  CHECK(one.turns.back() < begin + duration::milliseconds(1));
}

TEST_CASE("simulation/world: a slow process takes longer for the same") {
  world all(1);
  worker one(all);
  worker two(all);
  one.left = two.left = 1000;
  all.slow_down(two.number, 100);
  const duration begin = all.now();
  all.run_for(duration::seconds(10));
  CHECK((two.turns.back() - begin).count() > 50 * (one.turns.back() - begin).count());
}

TEST_CASE("simulation/world: what is to happen in a process waits while it stands still") {
  world all(1);
  worker one(all);
  std::string order;
  all.pause(one.number);
  all.at(all.now(), [&] { order += 'a'; }, one.number);
  all.at(all.now(), [&] { order += 'b'; }, one.number);
  all.at(all.now(), [&] { order += 'c'; });
  one.left = 1;
  all.run_for(duration::seconds(1));
  CHECK(order == "c");
  CHECK(one.left == 1);
  all.resume(one.number);
  all.run_for(duration::seconds(1));
  CHECK(order == "cab");
  CHECK(one.left == 0);
}

TEST_CASE("simulation/world: nothing happens in a process that is gone") {
  world all(1);
  worker one(all);
  bool has_happened = false;
  all.at(all.now() + duration::seconds(1), [&] { has_happened = true; }, one.number);
  all.remove(one.number);
  one.left = 1;
  all.wake(one.number);
  all.run_for(duration::seconds(2));
  CHECK(!has_happened);
  CHECK(one.left == 1);
}

TEST_CASE("simulation/world: the first failure is kept with its time, and things go on") {
  world all(1);
  const duration begin = all.now();
  unsigned looks = 0;
  unsigned told = 0;
  all.after_each_step([&] { ++looks; });
  all.when_failed([&] { ++told; });
  all.at(begin + duration::seconds(1), [&] { all.fail("why"); });
  bool goes_on = false;
  all.at(begin + duration::seconds(2), [&] { goes_on = true; });
  all.run_for(duration::seconds(10));
  all.fail("later");
  CHECK(all.failure() == "why");
  CHECK(all.failed_at() == begin + duration::seconds(1));
  CHECK(all.now() == begin + duration::seconds(10));
  CHECK(goes_on);
  CHECK(looks == 0);
  CHECK(told == 1);
}

TEST_CASE("simulation/world: nothing happens while a check looks") {
  world all(1);
  const duration begin = all.now();
  all.at(begin, [] {});
  CHECK(all.look_at("well", [] { return true; }));
  CHECK(!all.has_failed());
  CHECK(!all.look_at("ill", [&] { return all.step(begin + duration::seconds(1)); }));
  CHECK(all.failure().find("the check \"ill\" waits") == 0);
  CHECK(all.now() == begin);
  CHECK(all.step(begin));
}

}  // namespace
