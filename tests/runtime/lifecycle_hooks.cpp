#include <chrono>
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
using namespace std::chrono_literals;
using namespace support;
using casty::behavior;
using casty::directive;
using casty::lifecycle_hooks;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

one_for_one_strategy always(directive answer) {
  return {.decider = casty::decider([=](const std::exception_ptr&) { return answer; })};
}

behavior<Worker> hooked(Log& log, const std::string& name, behavior<Worker> inner) {
  return behaviors::with_lifecycle(std::move(inner), noting(log, name));
}

behavior<Worker> made(Log& log, const std::string& name) {
  return behaviors::setup<Worker>([=, &log](auto&) {
    log.push_back(name + " setup");
    return worker(log);
  });
}

// Fails as often as `failures` says.
auto failing(Log& log, std::string name, int failures) {
  return [left = std::make_shared<int>(failures), name = std::move(name), &log] {
    log.push_back(name);
    if (--*left >= 0) {
      throw std::runtime_error(name);
    }
  };
}

// Makes a child that notes its end.
auto with_child(Log& log) {
  return [&log](casty::actor_context<Worker>& ctx) {
    log.push_back("child");
    ctx.spawn(behaviors::with_lifecycle(
        worker(log), {.post_stop = [&log] { log.push_back("child post_stop"); }}));
  };
}

TEST_CASE("runtime/lifecycle_hooks: layers start from outside, stop and restart from inside") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(
        log, "a", hooked(log, "b", behaviors::supervise(
                                       hooked(log, "c", hooked(log, "d", made(log, "e"))),
                                       one_for_one_strategy{}))));
    actor.tell(Note{"work"});
    actor.tell(Fail{"why"});
    actor.tell(Note{"more work"});
    actor.tell(Quit{});
    system.drain();

    CHECK(told(log) == told({"a pre_start", "b pre_start", "c pre_start", "d pre_start",
                             "e setup", "work", "d pre_restart: why", "c pre_restart: why",
                             "b pre_restart: why", "a pre_restart: why", "e setup",
                             "a post_restart", "b post_restart", "c post_restart",
                             "d post_restart", "more work", "d post_stop", "c post_stop",
                             "b post_stop", "a post_stop"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: a restart that is asked for has no failure") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(log, "a", made(log, "b")));
    actor.tell(Again{});
    system.drain();
    CHECK(told(log) == told({"a pre_start", "b setup", "a pre_restart: nothing", "b setup",
                             "a post_restart"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: children stop before the hooks of a restart and of a stop") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(behaviors::supervise(
        hooked(log, "a",
               behaviors::setup<Worker>([&log](auto& ctx) {
                 with_child(log)(ctx);
                 return worker(log);
               })),
        one_for_one_strategy{}));
    system.drain();
    actor.tell(Fail{"why"});
    system.drain();
    actor.tell(Quit{});
    system.drain();

    CHECK(told(log) == told({"a pre_start", "child", "child post_stop", "a pre_restart: why",
                             "child", "a post_restart", "child post_stop", "a post_stop"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: post_stop runs before watchers are told, and once") {
  struct Ended {};
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(log, "a", worker(log)));
    (void)system.spawn(behaviors::setup<Ended>([&log, actor](auto& ctx) {
      ctx.watch_with(actor, Ended{});
      return behaviors::receive<Ended>([&log](Ended) {
        log.push_back("watcher");
        return behaviors::same;
      });
    }));
    system.drain();
    system.stop(actor);
    system.stop(actor);
    actor.tell(Fail{});
    system.drain();
    CHECK(told(log) == told({"a pre_start", "a post_stop", "watcher"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: a pre_start that fails is run again by the restart") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto actor = system.spawn(behaviors::supervise(
        hooked(log, "a",
               behaviors::with_lifecycle(hooked(log, "c", made(log, "d")),
                                         {.pre_start = failing(log, "b pre_start", 2)})),
        one_for_one_strategy{}));
    CHECK(count_of(system, actor) == 0);
    system.stop(actor);
    system.drain();

    CHECK(told(log) == told({"a pre_start", "b pre_start", "b pre_start", "b pre_start",
                             "c pre_start", "d setup", "a post_restart", "c post_restart",
                             "c post_stop", "a post_stop"}));
    CHECK(lives == Lives{1, 1, 1});
  });
}

TEST_CASE("runtime/lifecycle_hooks: a pre_start that fails for good stops without post_stop") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(
        log, "a",
        behaviors::with_lifecycle(made(log, "c"),
                                  {.pre_start = failing(log, "b pre_start", 1),
                                   .post_stop = [&log] { log.push_back("b post_stop"); }})));
    CHECK(count_of(system, actor) == -1);
    CHECK(told(log) == told({"a pre_start", "b pre_start", "a post_stop"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: a setup that fails restarts without a second pre_start") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto setup = failing(log, "setup", 2);
    const auto actor = system.spawn(behaviors::supervise(
        hooked(log, "a", behaviors::setup<Worker>([setup, &log](auto&) {
          setup();
          return hooked(log, "b", worker(log));
        })),
        one_for_one_strategy{}));
    CHECK(count_of(system, actor) == 0);
    system.stop(actor);
    system.drain();

    CHECK(told(log) == told({"a pre_start", "setup", "setup", "setup", "b pre_start",
                             "a post_restart", "b post_restart", "b post_stop",
                             "a post_stop"}));
    CHECK(lives == Lives{1, 1, 1});
  });
}

TEST_CASE("runtime/lifecycle_hooks: a setup that fails as it restarts is tried again") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto setups = std::make_shared<int>(0);
    const auto actor = system.spawn(behaviors::supervise(
        hooked(log, "a", behaviors::setup<Worker>([setups, &log](auto&) {
          if (++*setups == 2) {
            throw std::runtime_error("setup");
          }
          return hooked(log, "b", worker(log));
        })),
        one_for_one_strategy{}));
    actor.tell(Fail{"why"});
    CHECK(count_of(system, actor) == 0);
    system.stop(actor);
    system.drain();

    CHECK(told(log) == told({"a pre_start", "b pre_start", "b pre_restart: why",
                             "a pre_restart: why", "a post_restart", "b post_restart",
                             "b post_stop", "a post_stop"}));
    CHECK(*setups == 3);
    CHECK(lives == Lives{1, 1, 1});
  });
}

TEST_CASE("runtime/lifecycle_hooks: a pre_restart that fails restarts once more, or stops") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto start = [&](std::uint32_t restarts) {
      return system.spawn(behaviors::supervise(
          behaviors::with_lifecycle(made(log, "b"),
                                    {.post_stop = [&log] { log.push_back("post_stop"); },
                                     .pre_restart = failing(log, "pre_restart", 1)}),
          one_for_one_strategy{.max_restarts = restarts}));
    };
    const auto twice = start(2);
    twice.tell(Fail{});
    CHECK(count_of(system, twice) == 0);
    CHECK(told(log) == told({"b setup", "pre_restart", "b setup"}));

    log.clear();
    const auto once = start(1);
    once.tell(Fail{});
    CHECK(count_of(system, once) == -1);
    CHECK(told(log) == told({"b setup", "pre_restart", "post_stop"}));
  });
}

TEST_CASE("runtime/lifecycle_hooks: a post_restart that fails restarts once more, or stops") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto start = [&](std::uint32_t restarts) {
      return system.spawn(behaviors::supervise(
          behaviors::with_lifecycle(made(log, "b"),
                                    {.post_restart = failing(log, "post_restart", 1)}),
          one_for_one_strategy{.max_restarts = restarts}));
    };
    const auto twice = start(2);
    twice.tell(Fail{});
    CHECK(count_of(system, twice) == 0);
    CHECK(told(log) == told({"b setup", "b setup", "post_restart", "b setup", "post_restart"}));
    CHECK(lives == Lives{1, 1, 0});

    const auto once = start(1);
    once.tell(Fail{});
    CHECK(count_of(system, once) == -1);
    CHECK(lives == Lives{2, 1, 1});
  });
}

TEST_CASE("runtime/lifecycle_hooks: resume stops an actor that failed in a setup or a hook") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto after = [&](lifecycle_hooks<Worker> hooks, int setup_failures) {
      const auto setup = failing(log, "setup", setup_failures);
      const auto actor = system.spawn(behaviors::supervise(
          behaviors::with_lifecycle(behaviors::setup<Worker>([setup, &log](auto&) {
                                      setup();
                                      return worker(log);
                                    }),
                                    std::move(hooks)),
          always(directive::resume)));
      actor.tell(Again{});
      return count_of(system, actor);
    };
    CHECK(after({}, 0) == 0);
    CHECK(after({}, 1) == -1);
    CHECK(after({.pre_start = failing(log, "x", 1)}, 0) == -1);
    CHECK(after({.pre_restart = failing(log, "x", 1)}, 0) == -1);
    CHECK(after({.post_restart = failing(log, "x", 1)}, 0) == -1);
  });
}

TEST_CASE("runtime/lifecycle_hooks: a post_stop that fails is the end of nothing else") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto actor = system.spawn(hooked(
        log, "a",
        behaviors::supervise(
            behaviors::with_lifecycle(hooked(log, "c", worker(log)),
                                      {.post_stop = failing(log, "b post_stop", 9)}),
            one_for_one_strategy{})));
    actor.tell(Quit{});
    CHECK(count_of(system, actor) == -1);
    CHECK(told(log) == told({"a pre_start", "c pre_start", "c post_stop", "b post_stop",
                             "a post_stop"}));
    CHECK(lives == Lives{1, 0, 1});
  });
}

TEST_CASE("runtime/lifecycle_hooks: children that hooks spawn as their actor ends, end first") {
  under_seeds<Log>([](test_system& system, Log& log) {
    Lives lives;
    lives.listen(system);
    const auto actor = system.spawn(behaviors::supervise(
        behaviors::with_lifecycle(made(log, "a"), {.post_stop = with_child(log),
                                                   .pre_restart = with_child(log)}),
        one_for_one_strategy{}));
    actor.tell(Fail{});
    CHECK(count_of(system, actor) == 0);
    CHECK(told(log) == told({"a setup", "child", "a setup"}));
    actor.tell(Quit{});
    CHECK(count_of(system, actor) == -1);
    system.drain();
    CHECK(lives.stopped == 3);
  });
}

TEST_CASE("runtime/lifecycle_hooks: a hook may stop its actor") {
  under_seeds<Log>([](test_system& system, Log& log) {
    constexpr auto stop = [](auto& ctx) { ctx.stop(ctx.self()); };
    const auto after = [&](lifecycle_hooks<Worker> hooks) {
      const auto actor = system.spawn(behaviors::supervise(
          behaviors::with_lifecycle(worker(log), std::move(hooks)), one_for_one_strategy{}));
      actor.tell(Fail{});
      return count_of(system, actor);
    };
    CHECK(after({.pre_start = stop}) == -1);
    CHECK(after({.pre_restart = stop}) == -1);
    CHECK(after({.post_restart = stop}) == -1);
    CHECK(after({.post_stop = stop}) == 0);
  });
}

TEST_CASE("runtime/lifecycle_hooks: what a last hook begins ends with its actor") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(behaviors::with_lifecycle(
        worker(log), {.post_stop = [](casty::actor_context<Worker>& ctx) {
          ctx.stash(Note{"stashed"});
          ctx.self().tell(Note{"told"});
          ctx.timers().once("later", Note{"timed"}, 1s);
          ctx.pipe_to_self(ctx.ask<Count>(ctx.self()),
                           [](const casty::result<int>&) { return Note{"piped"}; });
        }}));
    actor.tell(Quit{});
    system.drain();
    system.advance(10s);
    CHECK(log.empty());
    CHECK(dead(system, casty::dead_letter_reason::stopped) == 4);
    CHECK(system.counts().waiting == 0);
  });
}

TEST_CASE("runtime/lifecycle_hooks: a stop never runs beside a running handler") {
  struct Go {};
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto other = system.spawn(worker(log));
    const auto actor = system.spawn(behaviors::with_lifecycle(
        behaviors::receive<Go>([&system, &log, other](auto& ctx, Go) {
          log.push_back("handler begins");
          ctx.stop(ctx.self());
          system.stop(ctx.self());
          ctx.spawn(worker(log));
          other.tell(Note{"other"});
          log.push_back("handler ends");
          return behaviors::same;
        }),
        {.post_stop = [&log] { log.push_back("post_stop"); }}));
    actor.tell(Go{});
    actor.tell(Go{});
    system.drain();
    std::erase(log, "other");
    CHECK(told(log) == "handler begins; handler ends; post_stop");
    CHECK(dead(system, casty::dead_letter_reason::stopped) == 1);
  });
}

TEST_CASE("runtime/lifecycle_hooks: the hooks of an actor that was never begun do not run") {
  under_seeds<Log>([](test_system& system, Log& log) {
    const auto actor = system.spawn(hooked(log, "a", made(log, "b")));
    system.stop(actor);
    system.drain();
    CHECK((log.empty() || log == Log{"a pre_start", "b setup", "a post_stop"}));
  });
}

}  // namespace
