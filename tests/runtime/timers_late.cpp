// Timers that are many, late, or left over: on seams whose clock the test moves.
#include "casty/runtime/timers.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::duration;
using reason = casty::dead_letter_reason;
using support::under_seeds;

constexpr duration ms(std::int64_t count) { return duration::milliseconds(count); }

// A clock that handlers move: they take their time.
struct Seams {
  explicit Seams(std::uint64_t seed) : chance(seed), order(time, chance) {}

  void run(duration span) {
    const duration until = time.now() + span;
    while (order.step()) {
    }
    for (duration due = order.next_due(); due <= until; due = order.next_due()) {
      time.set(due);
      while (order.step()) {
      }
    }
    time.set(until);
  }

  casty::testkit::manual_clock time;
  casty::testkit::seeded_random chance;
  casty::testkit::seeded_scheduler order;
};

const casty::system_options silent{.name = "late", .log = casty::log_level::off};

struct Slow {
  std::int64_t ms;
};
struct Tick {};
struct Busy : casty::protocol<Slow, Tick> {};

TEST_CASE("runtime/timers: a worker that is late leaves ticks out, and is on the grid again") {
  for (std::uint64_t seed = 1; seed <= support::seeds_a_test; ++seed) {
    CAPTURE(seed);
    std::vector<std::int64_t> times;  // in steps of 10 ms
    Seams seams(seed);
    casty::actor_system system(silent, {&seams.time, &seams.order, &seams.chance});
    const duration began = seams.time.now();
    const auto busy = system.spawn(behaviors::receive<Busy>(
        [&](Slow m) {
          seams.time.set(seams.time.now() + ms(m.ms));
          return behaviors::same;
        },
        [&](Tick) {
          times.push_back((seams.time.now() - began).count() / 10'000'000);
          return behaviors::same;
        }));
    system.tick("tick", busy, Tick{}, ms(100));
    seams.run(ms(210));
    busy.tell(Slow{1045});  // until 1255: those of 300 to 1200 are one
    seams.run(ms(1300));

    CHECK(times == std::vector<std::int64_t>{10, 20, 125, 130, 140, 150});
  }
}

struct Own : casty::protocol<Slow, Tick> {};

TEST_CASE("runtime/timers: an actor late for its own timer is sent one tick, not a burst") {
  for (std::uint64_t seed = 1; seed <= support::seeds_a_test; ++seed) {
    CAPTURE(seed);
    std::vector<std::int64_t> times;  // in steps of 5 ms
    Seams seams(seed);
    casty::actor_system system(silent, {&seams.time, &seams.order, &seams.chance});
    const duration began = seams.time.now();
    const auto own = system.spawn(behaviors::setup<Own>([&](auto& ctx) {
      ctx.timers().every("tick", Tick{}, ms(10));
      return behaviors::receive<Own>(
          [&](Slow m) {
            seams.time.set(seams.time.now() + ms(m.ms));
            return behaviors::same;
          },
          [&](Tick) {
            times.push_back((seams.time.now() - began).count() / 5'000'000);
            return behaviors::same;
          });
    }));
    seams.run(ms(12));
    own.tell(Slow{53});
    seams.run(ms(70));

    CHECK(times == std::vector<std::int64_t>{2, 13, 14, 16});
  }
}

// What a handler does late in a long round.
struct Act {
  std::function<void(casty::actor_context<Act>&)> then;
};

TEST_CASE("runtime/timers: a delay counts from when it is said, however late the worker is") {
  for (std::uint64_t seed = 1; seed <= support::seeds_a_test; ++seed) {
    CAPTURE(seed);
    Seams seams(seed);
    casty::actor_system system(silent, {&seams.time, &seams.order, &seams.chance});
    duration due;
    int idle = 0;
    const auto late = system.spawn(behaviors::receive<Act>([&](auto& ctx, const Act& m) {
      m.then(ctx);
      return behaviors::same;
    }));
    late.tell(Act{[&](auto& ctx) {
      seams.time.set(seams.time.now() + ms(500));
      due = seams.time.now() + ms(100);
      ctx.timers().once("once", Act{[&](auto&) {
        CHECK(seams.time.now() >= due);
        due = duration();
      }}, ms(100));
    }});
    seams.run(ms(700));
    CHECK(due == duration());

    late.tell(Act{[&](auto& ctx) {
      ctx.set_receive_timeout(ms(100), Act{[&](auto&) { ++idle; }});
    }});
    seams.run(ms(50));
    late.tell(Act{[&](auto&) { seams.time.set(seams.time.now() + ms(500)); }});
    seams.run(ms(550));
    CHECK(idle == 0);
    seams.run(ms(100));
    CHECK(idle == 1);
  }
}

struct Grow {
  int children;
};
struct Parent : casty::protocol<Grow, Tick> {};

behavior<Tick> leaf(Seams& seams) {
  return behaviors::with_lifecycle(
      behaviors::receive<Tick>([](Tick) { return behaviors::same; }),
      {.post_stop = [&seams](auto&) { seams.time.set(seams.time.now() + ms(25)); }});
}

TEST_CASE("runtime/timers: those that run out while their actor stops are void") {
  for (std::uint64_t seed = 1; seed <= support::seeds_a_test; ++seed) {
    CAPTURE(seed);
    int ticks = 0;
    Seams seams(seed);
    casty::actor_system system(silent, {&seams.time, &seams.order, &seams.chance});
    const auto parent = system.spawn(behaviors::setup<Parent>([&](auto& ctx) {
      ctx.timers().every("every", Tick{}, ms(20));
      ctx.timers().once("once", Tick{}, ms(30));
      ctx.set_receive_timeout(ms(40), Tick{});
      return behaviors::receive<Parent>(
          [&](auto& self, Grow m) {
            for (int child = 0; child < m.children; ++child) {
              self.spawn(leaf(seams));
            }
            return behaviors::same;
          },
          [&](Tick) {
            ++ticks;
            return behaviors::same;
          });
    }));
    parent.tell(Grow{10});
    seams.run(ms(0));
    system.stop(parent);
    seams.run(ms(0));

    CHECK(ticks == 0);
    const auto all = system.counts();
    CHECK(all.dead == 0);
    CHECK(all.waiting == 0);
    CHECK(all.sent == all.handled);
  }
}

struct Fill {
  int timers;
};
struct Empty {};
struct Many : casty::protocol<Fill, Empty, int> {};

TEST_CASE("runtime/timers: a million are set, half are cancelled, the others arrive in order") {
  constexpr int timers = 1'000'000;
  std::vector<int> seen;
  seen.reserve(timers);
  casty::testkit::test_system system;
  const auto many = system.spawn(behaviors::receive<Many>(
      [](auto& ctx, Fill m) {
        for (int each = 0; each < m.timers; ++each) {
          ctx.timers().once(std::to_string(each), int{each}, ms(10) + ms(2LL * each));
        }
        return behaviors::same;
      },
      [](auto& ctx, Empty) {
        for (int each = 0; each < timers; each += 2) {
          REQUIRE(ctx.timers().cancel(std::to_string(each)));
        }
        return behaviors::same;
      },
      [&seen](int m) {
        seen.push_back(m);
        return behaviors::same;
      }));
  many.tell(Fill{timers});
  many.tell(Empty{});
  system.advance(ms(20) + ms(2LL * timers));

  REQUIRE(seen.size() == timers / 2);
  for (int each = 0; each < timers / 2; ++each) {
    REQUIRE(seen[static_cast<std::size_t>(each)] == 2 * each + 1);
  }
}

struct Request {
  casty::reply_to<int> reply_to;
};

TEST_CASE("runtime/timers: those left at the end of a system hold up nothing") {
  under_seeds<int>([](auto& outside, int&) {
    casty::future<int> answer = [&] {
      Seams seams(outside.seed());
      casty::actor_system system(silent, {&seams.time, &seams.order, &seams.chance});
      const duration began = seams.time.now();
      const auto to = system.spawn(behaviors::setup<Request>([](auto& ctx) {
        const duration later = duration::seconds(3600);
        ctx.set_receive_timeout(later, Request{casty::ignored});
        ctx.timers().every("every", Request{casty::ignored}, later);
        ctx.schedule("once", ctx.self(), Request{casty::ignored}, later);
        return behaviors::receive<Request>([](const Request&) { return behaviors::same; });
      }));
      system.tick("tick", to, Request{casty::ignored}, duration::seconds(3600));
      // Its asker is told when the timer goes.
      auto asked = outside.ask(outside.spawn(behaviors::receive<Request>(
                                   [&system, to](const Request& m) {
                                     system.schedule("request", to, Request{m.reply_to},
                                                     duration::seconds(3600));
                                     return behaviors::same;
                                   })),
                               [](auto reply) { return Request{reply}; });
      outside.run();
      seams.run(ms(10));
      CHECK(system.terminate());
      CHECK(seams.time.now() == began + ms(10));
      return asked;
    }();
    CHECK(answer.wait().error() == casty::errc::no_reply);
  });
}

}  // namespace
