#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using namespace support;
using casty::all_for_one_strategy;
using casty::behavior;
using casty::directive;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

casty::decider always(directive answer) {
  return casty::decider([=](const std::exception_ptr&) { return answer; });
}

struct Nothing : casty::protocol<> {};

// Siblings that stand together, or each on its own.
struct Family {
  Log log;
  std::vector<casty::actor_ref<Worker>> all;

  void start(test_system& system, std::vector<behavior<Worker>> children) {
    (void)system.spawn(behaviors::setup<Nothing>([this, children](auto& ctx) {
      for (const behavior<Worker>& each : children) {
        all.push_back(ctx.spawn(each));
      }
      return behaviors::receive<Nothing>();
    }));
    system.drain();
    for (const auto& each : all) {
      each.tell(Note{"noted"});
    }
    system.drain();
  }
  // The counts of all, -1 of those gone.
  std::vector<int> counts(casty::actor_system& system) {
    std::vector<int> found;
    for (const auto& each : all) {
      found.push_back(count_of(system, each));
    }
    return found;
  }
  behavior<Worker> together(all_for_one_strategy strategy = {}) {
    return behaviors::supervise(worker(log), std::move(strategy));
  }
  behavior<Worker> alone(one_for_one_strategy strategy = {}) {
    return behaviors::supervise(worker(log), std::move(strategy));
  }
};

using Counts = std::vector<int>;

TEST_CASE("runtime/supervising_groups: a restart is that of the whole group, and of no other") {
  under_seeds<Family>([](test_system& system, Family& family) {
    Lives lives;
    family.start(system, {family.together(), family.alone(), family.together(),
                          worker(family.log)});
    lives.listen(system);
    CHECK((family.counts(system) == Counts{1, 1, 1, 1}));
    family.all[2].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 1, 0, 1}));
    CHECK(lives == Lives{0, 2, 0});
    family.all[1].tell(Fail{});
    system.drain();
    CHECK(lives == Lives{0, 3, 0});
  });
}

TEST_CASE("runtime/supervising_groups: behaviors::restart is that of the whole group, too") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system, {family.together(), family.alone(), family.together()});
    family.all[0].tell(Again{});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 1, 0}));
  });
}

TEST_CASE("runtime/supervising_groups: a stop is that of the whole group, and of no other") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system, {family.together({.decider = always(directive::stop)}),
                          family.alone(), family.together(), worker(family.log)});
    family.all[0].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{-1, 1, -1, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: too many restarts stop the whole group") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system, {family.together({.max_restarts = 1}), family.together(),
                          family.alone()});
    family.all[0].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 0, 1}));
    family.all[0].tell(Again{});
    system.drain();
    CHECK((family.counts(system) == Counts{-1, -1, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: a group that an outer strategy restarts is not stopped") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system,
                 {behaviors::supervise(family.together({.max_restarts = 0}),
                                       one_for_one_strategy{}),
                  family.together()});
    family.all[0].tell(Fail{});
    family.all[0].tell(Again{});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: what is resumed leaves the group alone") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system,
                 {family.together({.decider = always(directive::resume)}), family.together()});
    family.all[0].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{1, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: an outer strategy makes a group as well") {
  under_seeds<Family>([](test_system& system, Family& family) {
    const auto member = [&] {
      return behaviors::supervise(family.alone({.max_restarts = 0}), all_for_one_strategy{});
    };
    family.start(system, {member(), member(), family.alone()});
    family.all[1].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 0, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: a stop reaches a member that waits for its restart") {
  under_seeds<Family>([](test_system& system, Family& family) {
    Lives lives;
    lives.listen(system);
    family.start(system, {behaviors::supervise(family.alone({.backoff = {.min = 10s}}),
                                               all_for_one_strategy{}),
                          family.together({.decider = always(directive::stop)})});
    family.all[0].tell(Fail{});
    system.run();
    family.all[1].tell(Fail{});
    system.run();
    CHECK(lives.stopped == 2);
    CHECK(lives.restarted == 0);
  });
}

TEST_CASE("runtime/supervising_groups: a member that waits for its restart is left to it") {
  under_seeds<Family>([](test_system& system, Family& family) {
    Lives lives;
    lives.listen(system);
    family.start(system,
                 {behaviors::supervise(family.alone({.backoff = {.min = 10s, .jitter = 0}}),
                                       all_for_one_strategy{}),
                  family.together()});
    family.all[0].tell(Fail{});
    system.run();
    system.advance(5s);
    family.all[1].tell(Fail{});
    system.advance(4s);
    CHECK(lives.restarted == 1);
    system.advance(2s);
    CHECK(lives.restarted == 2);
  });
}

TEST_CASE("runtime/supervising_groups: siblings that have not begun are stopped with the rest") {
  under_seeds<Family>([](test_system& system, Family& family) {
    Lives lives;
    lives.listen(system);
    (void)system.spawn(behaviors::setup<Nothing>([&family](auto& ctx) {
      const auto hooked = [&] { return behaviors::with_lifecycle(family.together(), {}); };
      for (int each = 0; each < 3; ++each) {
        family.all.push_back(ctx.spawn(hooked()));
      }
      family.all.push_back(ctx.spawn(behaviors::supervise(
          behaviors::setup<Worker>([](auto&) -> behavior<Worker> { throw 1; }),
          all_for_one_strategy{.max_restarts = 0})));
      family.all.push_back(ctx.spawn(family.alone()));
      return behaviors::receive<Nothing>();
    }));
    system.drain();
    CHECK((family.counts(system) == Counts{-1, -1, -1, -1, 0}));
    CHECK(lives.stopped == 4);
  });
}

TEST_CASE("runtime/supervising_groups: without a parent a group is the actor itself") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.all.push_back(system.spawn(family.together({.max_restarts = 1})));
    family.all.push_back(system.spawn(family.together()));
    family.all[0].tell(Fail{});
    family.all[1].tell(Note{"x"});
    system.drain();
    CHECK((family.counts(system) == Counts{0, 1}));
    family.all[0].tell(Fail{});
    system.drain();
    CHECK((family.counts(system) == Counts{-1, 1}));
  });
}

TEST_CASE("runtime/supervising_groups: siblings run their hooks, and wait as long") {
  under_seeds<Family>([](test_system& system, Family& family) {
    family.start(system, {family.together({.backoff = {.min = 4s, .jitter = 0}}),
                          behaviors::supervise(
                              behaviors::with_lifecycle(worker(family.log),
                                                        noting(family.log, "b")),
                              all_for_one_strategy{})});
    family.log.clear();
    family.all[0].tell(Fail{"why"});
    system.run();
    family.all[1].tell(Note{"later"});
    system.run();
    CHECK(told(family.log) == told({"b pre_restart: why"}));
    system.advance(3s);
    CHECK(told(family.log) == told({"b pre_restart: why"}));
    system.advance(2s);
    CHECK(told(family.log) == told({"b pre_restart: why", "b post_restart", "later"}));
  });
}

}  // namespace
