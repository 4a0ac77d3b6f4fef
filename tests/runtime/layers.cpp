#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace support;
using casty::behavior;
using casty::directive;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

one_for_one_strategy always(directive answer) {
  return {.decider = casty::decider([=](const std::exception_ptr&) { return answer; })};
}

// Becomes what its message holds.
struct Become {
  behavior<struct Chameleon> next;
};
struct Chameleon : casty::protocol<Become, Note, Fail, Again, Quit, Count> {};

behavior<Chameleon> chameleon(Log& log, int count = 0) {
  return behaviors::receive<Chameleon>(
      [](Become m) { return std::move(m.next); },
      [&log, count](const Note& m) {
        log.push_back(m.text);
        return chameleon(log, count + 1);
      },
      [](const Fail& m) -> casty::outcome { throw std::runtime_error(m.text); },
      [](Again) { return behaviors::restart; }, [](Quit) { return behaviors::stopped; },
      [count](const Count& m) {
        m.reply_to.tell(count);
        return behaviors::same;
      });
}

behavior<Chameleon> hooked(Log& log, const std::string& name, behavior<Chameleon> inner) {
  return behaviors::with_lifecycle(
      std::move(inner),
      {.pre_start = [=, &log] { log.push_back(name + " pre_start"); },
       .post_stop = [=, &log] { log.push_back(name + " post_stop"); },
       .pre_restart = [=, &log] { log.push_back(name + " pre_restart"); },
       .post_restart = [=, &log] { log.push_back(name + " post_restart"); }});
}

behavior<Chameleon> made(Log& log, int count) {
  return behaviors::setup<Chameleon>([=, &log](auto&) {
    log.push_back("setup " + std::to_string(count));
    return chameleon(log, count);
  });
}

behavior<Chameleon> failing_setup() {
  return behaviors::setup<Chameleon>(
      [](auto&) -> behavior<Chameleon> { throw std::runtime_error("setup"); });
}

TEST_CASE("runtime/layers: any behavior may be returned from a handler") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](behavior<Chameleon> next) {
      const auto actor = system.spawn(chameleon(log));
      actor.tell(Become{std::move(next)});
      return count_of(system, actor);
    };
    CHECK(after(chameleon(log, 1)) == 1);
    CHECK(after(made(log, 2)) == 2);
    CHECK(after(hooked(log, "a", chameleon(log, 3))) == 3);
    CHECK(after(behaviors::supervise(chameleon(log, 4), one_for_one_strategy{})) == 4);
    CHECK(after(behaviors::supervise(hooked(log, "b", made(log, 5)), one_for_one_strategy{})) ==
          5);
    CHECK(after(behaviors::setup<Chameleon>(
              [&log](auto&) { return hooked(log, "c", made(log, 6)); })) == 6);
    CHECK(after(behaviors::same) == 0);
    CHECK(after(behaviors::stopped) == -1);
    CHECK(after(behaviors::setup<Chameleon>(
              [](auto&) -> behavior<Chameleon> { return behaviors::stopped; })) == -1);
    CHECK(after(behaviors::setup<Chameleon>(
              [](auto&) -> behavior<Chameleon> { return behaviors::same; })) == -1);
  });
}

TEST_CASE("runtime/layers: what a handler brings stands inside of what was spawned") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(log, "outer", chameleon(log)));
    actor.tell(Become{hooked(log, "inner", made(log, 1))});
    actor.tell(Again{});
    actor.tell(Quit{});
    system.drain();
    CHECK(told(log) ==
          "outer pre_start; inner pre_start; setup 1; inner pre_restart; outer pre_restart; "
          "setup 1; outer post_restart; inner post_restart; inner post_stop; outer post_stop");
  });
}

TEST_CASE("runtime/layers: what a handler brings replaces what an earlier one brought") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(log, "outer", chameleon(log)));
    actor.tell(Become{hooked(log, "first", chameleon(log, 1))});
    actor.tell(Become{hooked(log, "second", chameleon(log, 2))});
    actor.tell(Quit{});
    system.drain();
    CHECK(told(log) ==
          "outer pre_start; first pre_start; second pre_start; second post_stop; outer post_stop");
  });
}

TEST_CASE("runtime/layers: a behavior without layers leaves those around it") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(chameleon(log));
    actor.tell(Become{behaviors::supervise(chameleon(log, 1), one_for_one_strategy{})});
    actor.tell(Note{"x"});
    actor.tell(Become{behaviors::receive<Chameleon>(
        [](const Count& m) {
          m.reply_to.tell(50);
          return behaviors::same;
        },
        behaviors::otherwise([]() -> casty::outcome { throw 1; }))});
    CHECK(count_of(system, actor) == 50);
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == 1);
  });
}

TEST_CASE("runtime/layers: a strategy that a handler brings decides first") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](one_for_one_strategy inner) {
      const auto actor =
          system.spawn(behaviors::supervise(chameleon(log), one_for_one_strategy{}));
      actor.tell(Become{behaviors::supervise(chameleon(log, 5), std::move(inner))});
      actor.tell(Note{"x"});
      actor.tell(Fail{});
      return count_of(system, actor);
    };
    CHECK(after(always(directive::resume)) == 6);
    CHECK(after(always(directive::restart)) == 5);
    CHECK(after(always(directive::stop)) == -1);
    CHECK(after(always(directive::escalate)) == 0);
    CHECK(after({.max_restarts = 0}) == 0);
  });
}

TEST_CASE("runtime/layers: a restart from outside drops what handlers have brought") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(
        behaviors::supervise(hooked(log, "outer", chameleon(log)), one_for_one_strategy{}));
    actor.tell(Become{hooked(log, "brought", chameleon(log, 1))});
    actor.tell(Fail{});
    actor.tell(Become{hooked(log, "again", chameleon(log, 2))});
    CHECK(count_of(system, actor) == 2);
    actor.tell(Quit{});
    system.drain();
    CHECK(told(log) ==
          "outer pre_start; brought pre_start; brought pre_restart; outer pre_restart; "
          "outer post_restart; again pre_start; again post_stop; outer post_stop");
  });
}

TEST_CASE("runtime/layers: a setup that a handler brings and that fails is the actor's failure") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](behavior<Chameleon> around, behavior<Chameleon> next) {
      const auto actor = system.spawn(std::move(around));
      actor.tell(Become{std::move(next)});
      return count_of(system, actor);
    };
    CHECK(after(chameleon(log), failing_setup()) == -1);
    CHECK(after(behaviors::supervise(chameleon(log), one_for_one_strategy{}),
                failing_setup()) == 0);
    CHECK(after(behaviors::supervise(chameleon(log), always(directive::resume)),
                failing_setup()) == -1);
    CHECK(after(behaviors::supervise(chameleon(log), one_for_one_strategy{}),
                behaviors::supervise(failing_setup(), one_for_one_strategy{})) == 0);
    CHECK(dead(system, casty::dead_letter_reason::failed) == 4);
  });
}

// Says in its destructor whether what it refers to is still there.
struct Tenant {
  Tenant(std::shared_ptr<std::string> of, Log& to) : house(of), log(&to) {}
  Tenant(Tenant&& other) noexcept : house(other.house), log(std::exchange(other.log, nullptr)) {}
  ~Tenant() {
    if (log != nullptr) {
      log->push_back(house.expired() ? "homeless" : "at home");
    }
  }
  std::weak_ptr<std::string> house;
  Log* log;
};

TEST_CASE("runtime/layers: what a layer captures outlives the behavior inside of it") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto spawn = [&] {
      const auto actor = system.spawn(chameleon(log));
      actor.tell(Become{behaviors::setup<Chameleon>(
          [house = std::make_shared<std::string>("house"), &log](auto&) {
            return behaviors::with_state<Chameleon>(
                Tenant(house, log), [](Tenant&, Become m) { return std::move(m.next); },
                [](Tenant&, Quit) { return behaviors::stopped; },
                behaviors::otherwise([]() -> casty::outcome { throw 1; }));
          })});
      return actor;
    };
    spawn().tell(Become{hooked(log, "next", chameleon(log))});
    spawn().tell(Become{failing_setup()});
    spawn().tell(Become{behaviors::setup<Chameleon>(
        [](auto&) -> behavior<Chameleon> { return behaviors::stopped; })});
    spawn().tell(Fail{});
    spawn().tell(Quit{});
    system.drain();
    CHECK(std::count(log.begin(), log.end(), "at home") == 5);
    CHECK(std::count(log.begin(), log.end(), "homeless") == 0);
  });
}

TEST_CASE("runtime/layers: restarts are counted over behaviors that handlers answer") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor =
        system.spawn(behaviors::supervise(chameleon(log), one_for_one_strategy{}));
    for (int each = 0; each < 3; ++each) {
      actor.tell(Note{"x"});
      actor.tell(Fail{});
    }
    actor.tell(Note{"x"});
    CHECK(count_of(system, actor) == 1);
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == -1);
  });
}

}  // namespace
