#include <chrono>
#include <optional>
#include <stdexcept>
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
using casty::behavior;
using casty::dead_letter_reason;
using casty::directive;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

struct Echo {
  casty::reply_to<int> reply_to;
};

behavior<Echo> echo() {
  return behaviors::receive<Echo>([](const Echo& m) {
    m.reply_to.tell(1);
    return behaviors::same;
  });
}

enum class moment { before, after, in_helper, never };
struct Work {
  moment fails;
};
enum class next { same, stopped, restart, unhandled, failing_setup, hooked };
struct Turn {
  next becomes;
};
struct Put {};
struct Take {};
struct Waiter : casty::protocol<Work, Turn, Put, Take, Note, Count> {};
using Context = casty::actor_context<Waiter>;

// Alive as long as the frame of a coroutine.
struct Local {
  explicit Local(int& counted) : living(&counted) { ++*living; }
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { --*living; }
  int* living;
};

using Replies = std::vector<casty::reply_to<int>>;

struct World {
  Log log;
  int living = 0;
  std::optional<casty::actor_ref<Echo>> asked;

  casty::task<int> help(Context& ctx, bool fails) {
    const Local local(living);
    const auto to = *asked;
    const int answer = co_await ctx.ask<Echo>(to);
    if (fails) {
      throw std::runtime_error("in helper");
    }
    co_return answer;
  }
  casty::task<behavior<Waiter>> work(Context& ctx, Work m, int count) {
    const Local local(living);
    if (m.fails == moment::before) {
      throw std::runtime_error("before");
    }
    auto helper = help(ctx, m.fails == moment::in_helper);
    const int answer = co_await std::move(helper);
    if (m.fails == moment::after) {
      throw std::runtime_error("after");
    }
    co_return waiter(count + answer);
  }
  casty::task<behavior<Waiter>> turn(Context& ctx, Turn m) {
    const Local local(living);
    const auto to = *asked;
    (void)co_await ctx.ask<Echo>(to);
    if (m.becomes == next::failing_setup) {
      co_return behaviors::setup<Waiter>(
          [](auto&) -> behavior<Waiter> { throw std::runtime_error("setup"); });
    }
    if (m.becomes == next::hooked) {
      co_return behaviors::supervise(
          behaviors::with_lifecycle(behaviors::setup<Waiter>([this](auto&) {
                                      log.push_back("setup");
                                      return waiter(10);
                                    }),
                                    {.pre_start = [this] { log.push_back("pre_start"); }}),
          one_for_one_strategy{});
    }
    co_return m.becomes == next::stopped     ? behaviors::stopped
        : m.becomes == next::restart   ? behaviors::restart
        : m.becomes == next::unhandled ? behaviors::unhandled
                                       : behaviors::same;
  }
  behavior<Waiter> waiter(int count = 0) {
    return behaviors::receive<Waiter>(
        [this, count](Context& ctx, Work m) { return work(ctx, m, count); },
        [this](Context& ctx, Turn m) { return turn(ctx, m); },
        [](Context& ctx, Put) {
          ctx.stash(Note{"stashed"});
          return behaviors::same;
        },
        [this](Context& ctx, Take) -> casty::task<behavior<Waiter>> {
          const auto to = *asked;
          (void)co_await ctx.ask<Echo>(to);
          ctx.unstash_all();
          co_return behaviors::same;
        },
        [this](const Note& m) {
          log.push_back(m.text);
          return behaviors::same;
        },
        [count](const Count& m) {
          m.reply_to.tell(count);
          return behaviors::same;
        });
  }
  casty::actor_ref<Waiter> start(test_system& system, one_for_one_strategy strategy = {}) {
    asked = system.spawn(echo());
    return system.spawn(behaviors::supervise(waiter(), std::move(strategy)));
  }
};

TEST_CASE("runtime/supervising_coroutines: a failure before or after an await is the actor's") {
  for (const moment when : {moment::before, moment::after, moment::in_helper}) {
    under_seeds<World>([when](test_system& system, World& world) {
      const auto actor = world.start(system);
      actor.tell(Work{moment::never});
      CHECK(count_of(system, actor) == 1);
      actor.tell(Work{when});
      actor.tell(Note{"kept"});
      CHECK(count_of(system, actor) == 0);
      CHECK(told(world.log) == "kept");
      CHECK(dead(system, dead_letter_reason::failed) == 1);
      CHECK(world.living == 0);
    });
  }
}

TEST_CASE("runtime/supervising_coroutines: a failure after an await may be resumed") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto actor =
        world.start(system, {.decider = casty::decider([](const std::exception_ptr&) {
                               return directive::resume;
                             })});
    actor.tell(Work{moment::never});
    actor.tell(Work{moment::after});
    actor.tell(Work{moment::in_helper});
    actor.tell(Work{moment::never});
    CHECK(count_of(system, actor) == 2);
    CHECK(dead(system, dead_letter_reason::failed) == 2);
  });
}

TEST_CASE("runtime/supervising_coroutines: each outcome is served after an await, too") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto after = [&](next becomes) {
      const auto actor = world.start(system);
      actor.tell(Work{moment::never});
      actor.tell(Turn{becomes});
      return count_of(system, actor);
    };
    CHECK(after(next::same) == 1);
    CHECK(after(next::unhandled) == 1);
    CHECK(dead(system, dead_letter_reason::unhandled) == 1);
    CHECK(after(next::restart) == 0);
    CHECK(after(next::stopped) == -1);
    CHECK(world.living == 0);
  });
}

TEST_CASE("runtime/supervising_coroutines: a coroutine may answer with layers") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto actor = world.start(system, {.max_restarts = 0});
    actor.tell(Turn{next::hooked});
    CHECK(count_of(system, actor) == 10);
    CHECK(told(world.log) == "pre_start; setup");

    // The strategy it brought decides now.
    actor.tell(Work{moment::after});
    CHECK(count_of(system, actor) == 10);
    CHECK(told(world.log) == "pre_start; setup; setup");
  });
}

TEST_CASE("runtime/supervising_coroutines: a setup that a coroutine answers may fail") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto actor = world.start(system);
    actor.tell(Work{moment::never});
    actor.tell(Turn{next::failing_setup});
    CHECK(count_of(system, actor) == 0);
    CHECK(dead(system, dead_letter_reason::failed) == 1);
    CHECK(world.living == 0);
  });
}

TEST_CASE("runtime/supervising_coroutines: a coroutine unstashes before all that waits") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto actor = world.start(system);
    actor.tell(Put{});
    actor.tell(Put{});
    actor.tell(Take{});
    actor.tell(Note{"later"});
    system.drain();
    CHECK(told(world.log) == "stashed; stashed; later");
  });
}

TEST_CASE("runtime/supervising_coroutines: a stop while a handler waits ends it, and its locals") {
  under_seeds<World>([](test_system& system, World& world) {
    const auto actor = world.start(system);
    system.drain();
    system.stop(*world.asked);
    system.run();
    const auto silent = system.spawn(behaviors::with_state<Echo>(
        Replies{}, [](Replies& all, const Echo& m) {
          all.push_back(m.reply_to);
          return behaviors::same;
        }));
    world.asked = silent;
    actor.tell(Work{moment::never});
    actor.tell(Note{"x"});
    system.run();
    CHECK(world.living == 2);
    system.stop(actor);
    system.run();
    CHECK(world.living == 0);
    CHECK(world.log.empty());
    CHECK(dead(system, dead_letter_reason::stopped) == 2);
  });
}

}  // namespace
