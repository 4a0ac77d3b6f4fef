#include "casty/testkit/behavior_kit.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/probe.hpp"
#include "casty/testkit/unexpected.hpp"

namespace {

namespace behaviors = casty::behaviors;
namespace effects = casty::testkit::effects;
using namespace std::chrono_literals;
using casty::behavior;
using casty::testkit::behavior_kit;
using casty::testkit::effect;
using casty::testkit::probe;
using casty::testkit::test_system;
using casty::testkit::unexpected;

struct Deposit {
  int cents;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Close {};
struct Account : casty::protocol<Deposit, GetBalance, Close> {};

behavior<Account> account(int balance = 0) {
  return behaviors::receive<Account>(
      [=](Deposit m) { return account(balance + m.cents); },
      [=](const GetBalance& m) {
        m.reply_to.tell(balance);
        return behaviors::same;
      },
      [](Close) { return behaviors::stopped; });
}

std::string failure_of(const auto& body) {
  try {
    body();
  } catch (const unexpected& failure) {
    return failure.what();
  }
  return "nothing thrown";
}

TEST_CASE("testkit/behavior_kit: messages are fed one by one, and questions answered") {
  behavior_kit kit(account());
  CHECK(kit.run(Deposit{100}).run<Deposit>(50).ask<GetBalance>().value() == 150);
  CHECK(kit.self().path().view() == "/user/subject");
  kit.expect_no_effects();
}

TEST_CASE("testkit/behavior_kit: an end is an effect, and nothing runs after it") {
  behavior_kit kit(account());
  kit.run(Close{});

  CHECK(!kit.is_alive());
  CHECK(kit.effects() == std::vector<effect>{effects::stopped{}});
  CHECK(kit.ask<GetBalance>().error() == casty::errc::dead_target);
  CHECK(failure_of([&] { kit.run(Deposit{1}); }) ==
        "casty::testkit: expected /user/subject to take a message Deposit, but it has ended "
        "(seed 1, after 0 s)");
}

struct Hire {
  std::string name;
};
struct Release {
  std::string name;
};
struct Fire {};
struct Boss : casty::protocol<Hire, Release, Fire, casty::terminated> {};

behavior<Boss> boss() {
  using Last = std::vector<casty::actor_ref<Account>>;
  return behaviors::with_state<Boss>(
      Last{},
      [](auto& ctx, Last& last, const Hire& m) {
        last.push_back(ctx.spawn(account(), m.name));
        ctx.watch(last.back());
        ctx.watch(last.back());
        return behaviors::same;
      },
      [](auto& ctx, Last& last, const Release&) {
        ctx.unwatch(last.back());
        ctx.unwatch(last.back());
        return behaviors::same;
      },
      [](auto& ctx, Last& last, Fire) {
        ctx.stop(last.back());
        return behaviors::same;
      },
      [](auto& ctx, Last&, const casty::terminated& m) {
        ctx.log().info("gone", {{"who", m.ref.path()}, {"age", 3}});
        return behaviors::same;
      });
}

TEST_CASE("testkit/behavior_kit: children, watches and stops are effects, in order") {
  behavior_kit kit(boss());
  kit.run(Hire{"ann"}).run(Fire{});

  CHECK(kit.expect_effect<effects::spawned>().name == "ann");
  CHECK(kit.expect_effect<effects::watched>().ref.path().view() == "/user/subject/ann");
  CHECK(kit.expect_effect<effects::told_to_stop>().ref.path().name() == "ann");
  kit.expect_effect(
      effects::logged{casty::log_level::info, "gone", "who=/user/subject/ann age=3"});
  kit.expect_no_effects();
}

TEST_CASE("testkit/behavior_kit: an unwatch is an effect where there was a watch") {
  behavior_kit kit(boss());
  kit.run(Hire{"bob"}).take_effects();
  kit.run(Release{}).run(Fire{});

  CHECK(kit.expect_effect<effects::unwatched>().ref.path().view() == "/user/subject/bob");
  kit.expect_effect<effects::told_to_stop>();
  kit.expect_no_effects();
}

TEST_CASE("testkit/behavior_kit: children run, and what they do is no effect of the parent") {
  test_system system;
  probe<int> answers(system);
  behavior_kit<Deposit> kit(system, behaviors::receive<Deposit>([&](auto& ctx, Deposit m) {
    const auto child = ctx.spawn(behaviors::setup<Account>([](auto& inner) {
      inner.log().info("child");
      inner.timers().once("t", Close{}, 1s);
      return account(7);
    }));
    child.tell(m);
    child.tell(GetBalance{answers});
    return behaviors::same;
  }));
  kit.run(Deposit{5});

  CHECK(answers.expect<int>() == 12);
  kit.expect_effect<effects::spawned>();
  kit.expect_no_effects();
}

struct Wake {};
struct Nap {
  casty::duration span;
};
struct Forget {};
struct ForgetAll {};
struct Sleeper : casty::protocol<Wake, Nap, Forget, ForgetAll> {};

behavior<Sleeper> sleeper(casty::actor_ref<int> clock) {
  return behaviors::receive<Sleeper>(
      [=](auto& ctx, Wake) {
        clock.tell(1);
        ctx.timers().every("tick", Wake{}, 1s);
        return behaviors::same;
      },
      [](auto& ctx, Nap m) {
        ctx.timers().once("wake", Wake{}, m.span);
        ctx.timers().once("wake", Wake{}, m.span);
        return behaviors::same;
      },
      [](auto& ctx, Forget) {
        ctx.timers().cancel("wake");
        ctx.timers().cancel("wake");
        return behaviors::same;
      },
      [=](auto& ctx, ForgetAll) {
        ctx.schedule("other", clock, 2, 9s);
        ctx.set_receive_timeout(4s, Wake{});
        ctx.cancel_receive_timeout();
        ctx.timers().cancel_all();
        return behaviors::same;
      });
}

TEST_CASE("testkit/behavior_kit: timers are effects, and run as time passes") {
  test_system system;
  probe<int> clock(system);
  behavior_kit kit(system, sleeper(clock));
  kit.run(Nap{5s});
  kit.expect_effect(effects::timer_set{"wake", 5s, false});
  kit.expect_effect(effects::timer_set{"wake", 5s, false});
  kit.run(Forget{}).run(Nap{2s}).advance(1s);
  kit.expect_effect(effects::timer_cancelled{"wake"});
  kit.take_effects();
  clock.expect_none(500ms);

  kit.advance(1s);
  CHECK(clock.expect<int>(0s) == 1);
  kit.expect_effect(effects::timer_set{"tick", 1s, true});
  kit.run(ForgetAll{});
  kit.expect_effect(effects::timer_set{"other", 9s, false});
  kit.expect_effect(effects::receive_timeout_set{4s});
  kit.expect_effect(effects::receive_timeout_cancelled{});
  kit.expect_effect(effects::timer_cancelled{"other"});
  kit.expect_effect(effects::timer_cancelled{"tick"});
  kit.expect_no_effects();
  kit.advance(10s);
  clock.expect_none();
}

TEST_CASE("testkit/behavior_kit: timers that end with their actor are no effect") {
  test_system system;
  probe<int> clock(system);
  behavior_kit kit(system, sleeper(clock));
  kit.run(Nap{5s}).take_effects();
  system.stop(kit.self());
  system.run();
  CHECK(kit.effects() == std::vector<effect>{effects::stopped{}});
}

struct Fail {};
struct Fragile : casty::protocol<Fail, GetBalance> {};

behavior<Fragile> fragile() {
  return behaviors::setup<Fragile>([](auto& ctx) {
    ctx.log().debug("made");
    ctx.timers().once("t", Fail{}, 1h);
    return behaviors::receive<Fragile>(
        [](Fail) -> casty::outcome { throw std::runtime_error("no money"); },
        [](const GetBalance& m) {
          m.reply_to.tell(1);
          return behaviors::same;
        });
  });
}

TEST_CASE("testkit/behavior_kit: supervision runs: a failure, a restart, an end") {
  behavior_kit kit(behaviors::supervise(fragile(), casty::one_for_one_strategy{.max_restarts = 1}));
  const effects::logged made{casty::log_level::debug, "made", ""};
  const effects::timer_set timer{"t", 1h, false};
  const effects::failed failed{"no money"};
  CHECK(kit.take_effects() == std::vector<effect>{made, timer});

  kit.run(Fail{});
  CHECK(kit.take_effects() == std::vector<effect>{failed, effects::restarted{}, made, timer});
  CHECK(kit.ask<GetBalance>().value() == 1);

  kit.run(Fail{});
  CHECK(kit.take_effects() == std::vector<effect>{failed, effects::stopped{}});
}

TEST_CASE("testkit/behavior_kit: a restart that waits comes as time passes") {
  behavior_kit kit(behaviors::supervise(
      fragile(),
      casty::one_for_one_strategy{.backoff = {.min = 10s, .max = 10s, .jitter = 0}}));
  kit.run(Fail{}).take_effects();
  kit.advance(9s).expect_no_effects();
  kit.advance(2s);
  kit.expect_effect(effects::restarted{});
}

TEST_CASE("testkit/behavior_kit: what is thrown need be no std::exception") {
  behavior_kit kit(behaviors::receive<Fail>([](Fail) -> casty::outcome { throw 7; }));
  kit.run(Fail{});
  kit.expect_effect(effects::failed{"no std::exception"});
  kit.expect_effect<effects::stopped>();
}

TEST_CASE("testkit/behavior_kit: another effect than expected is an error that lists all") {
  behavior_kit kit(boss());
  kit.run(Hire{"ann"});

  CHECK(failure_of([&] { kit.expect_effect<effects::logged>(); }) ==
        "casty::testkit: expected the effect logged, but this comes: spawned /user/subject/ann, "
        "then watched /user/subject/ann (seed 1, after 0 s)");
  CHECK(failure_of([&] { kit.expect_no_effects(); })
            .starts_with("casty::testkit: expected no further effect, but this comes: spawned"));
  kit.take_effects();
  CHECK(failure_of([&] { kit.expect_effect(effects::timer_set{"tick", 1500ms, true}); }) ==
        "casty::testkit: expected the effect timer_set \"tick\" every 1500 ms, but there is no "
        "further one (seed 1, after 0 s)");
}

TEST_CASE("testkit/behavior_kit: an actor that never rests is an error, not a hang") {
  behavior_kit kit(behaviors::receive<Fire>([](auto& ctx, Fire m) {
    ctx.self().tell(m);
    return behaviors::same;
  }));
  CHECK(failure_of([&] { kit.run(Fire{}); }) ==
        "casty::testkit: expected /user/subject and what it talks to to come to rest, but a "
        "million turns were not enough (seed 1, after 0 s)");
  kit.system().stop(kit.self());
}

TEST_CASE("testkit/behavior_kit: two kits share a system, and leave no actor behind") {
  test_system system;
  {
    behavior_kit one(system, boss());
    behavior_kit two(system, account());
    two.run(Close{});
    CHECK(two.effects().size() == 1);
    one.expect_no_effects();
  }
  system.expect_no_actors();
  system.expect_balanced();
}

struct Later {
  casty::reply_to<int> reply_to;
};
struct Slow : casty::protocol<GetBalance, Later> {};

TEST_CASE("testkit/behavior_kit: an answer that takes its time is waited for, in virtual time") {
  behavior_kit kit(behaviors::receive<Slow>(
      [](auto& ctx, const GetBalance& m) {
        ctx.timers().once("later", Later{m.reply_to}, 2s);
        return behaviors::same;
      },
      [](const Later& m) {
        m.reply_to.tell(5);
        return behaviors::same;
      }));
  const casty::duration start = kit.system().now();
  CHECK(kit.ask<GetBalance>().value() == 5);
  CHECK(kit.system().now() - start >= casty::duration(2s));
}

}  // namespace
