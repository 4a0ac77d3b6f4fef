#include "casty/testkit/test_system.hpp"

#include <cstdint>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/probe.hpp"
#include "casty/testkit/unexpected.hpp"
#include "runtime/worker.hpp"

namespace {

using namespace std::chrono_literals;

namespace behaviors = casty::behaviors;
using casty::testkit::test_system;

struct Digit {
  int value;
};
struct Send {
  casty::actor_ref<Digit> to;
  int value;
  int left;
};

std::uint64_t race(std::uint64_t seed, std::vector<int>& order) {
  test_system system(seed);
  const auto to = system.spawn(behaviors::receive<Digit>([&](Digit m) {
    order.push_back(m.value);
    return behaviors::same;
  }));
  const auto sender = [] {
    return behaviors::receive<Send>([](auto& ctx, const Send& m) {
      m.to.tell(Digit{m.value});
      if (m.left > 1) {
        ctx.self().tell(Send{m.to, m.value, m.left - 1});
      }
      return behaviors::same;
    });
  };
  const auto one = system.spawn(sender());
  const auto two = system.spawn(sender());
  one.tell(Send{to, 1, 10});
  two.tell(Send{to, 2, 10});
  REQUIRE(system.drain());
  return system.trace_hash();
}

TEST_CASE("testkit/test_system: a seed gives the same run twice, seeds give many runs") {
  std::set<std::uint64_t> hashes;
  std::set<std::vector<int>> orders;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    std::vector<int> first;
    std::vector<int> again;
    const std::uint64_t hash = race(seed, first);
    REQUIRE(hash == race(seed, again));
    REQUIRE(first == again);
    hashes.insert(hash);
    orders.insert(first);
  }
  CHECK(hashes.size() >= 50);
  CHECK(orders.size() >= 50);
}

TEST_CASE("testkit/test_system: the trace is the same in every build") {
  std::vector<int> order;
  CHECK(race(42, order) == 17785715260507841253U);
}

TEST_CASE("testkit/test_system: time stands still but where the test lets it pass") {
  test_system system;
  const casty::duration before = system.now();
  const auto to = system.spawn(behaviors::receive<Digit>([](Digit) { return behaviors::same; }));
  to.tell(Digit{1});
  CHECK(system.drain());
  CHECK(system.now() == before);
  system.advance(casty::duration::seconds(3600));
  CHECK(system.now() - before == casty::duration::seconds(3600));
}

TEST_CASE("testkit/test_system: counts agree, and show what waits") {
  test_system system;
  const auto to = system.spawn(behaviors::receive<Digit>([](Digit m) {
    return m.value == 0 ? behaviors::stopped : behaviors::same;
  }));
  to.tell(Digit{1});
  to.tell(Digit{0});
  to.tell(Digit{2});
  CHECK(system.drain());
  const auto counts = system.counts();
  CHECK(counts.sent == 3);
  CHECK(counts.handled == 2);
  CHECK(counts.dead == 1);
  CHECK(counts.waiting == 0);
  CHECK(system.balanced());
}

TEST_CASE("testkit/test_system: runs until something holds, as long as time allows") {
  test_system system;
  int seen = 0;
  const auto to = system.spawn(behaviors::receive<Digit>([&](Digit m) {
    seen = m.value;
    return behaviors::same;
  }));
  system.schedule("one", to, Digit{1}, 1s);
  system.schedule("two", to, Digit{2}, 2s);
  const casty::duration start = system.now();

  CHECK(system.run_until([&] { return seen == 1; }, 5s));
  CHECK(system.now() - start < casty::duration(1100ms));
  CHECK(!system.run_until([&] { return seen == 3; }, 4s));
  CHECK(seen == 2);
}

TEST_CASE("testkit/test_system: messages unaccounted for are told with the counts") {
  casty::actor_system::message_counts counts;
  counts.sent = 6;
  counts.handled = 3;
  counts.dead = 2;
  counts.waiting = 1;
  CHECK(casty::testkit::detail::imbalance_of(counts).empty());
  counts.waiting = 0;
  CHECK(casty::testkit::detail::imbalance_of(counts) ==
        "expected each message sent to be handled, dead or waiting, but of 6 sent 3 are handled, "
        "2 are dead and 0 wait");
}

struct Hatch {};
casty::behavior<Hatch> nest() {
  return behaviors::receive<Hatch>([](auto& ctx, Hatch) {
    ctx.spawn(nest(), "egg");
    return behaviors::same;
  });
}

TEST_CASE("testkit/test_system: living actors are listed, and a leak is an error") {
  test_system system(5);
  const casty::testkit::probe<Digit> aside(system, "aside");
  const auto top = system.spawn(nest(), "nest");
  top.tell(Hatch{});
  system.run();

  CHECK(system.living_actors() == std::vector<std::string>{"/user/nest", "/user/nest/egg"});
  std::string text;
  try {
    system.expect_no_actors();
  } catch (const casty::testkit::unexpected& failure) {
    text = failure.what();
  }
  CHECK(text ==
        "casty::testkit: expected no actor to live, but these do: /user/nest, /user/nest/egg "
        "(seed 5, after 0 s)");
  system.stop(top);
  system.expect_no_actors();
}

TEST_CASE("testkit/test_system: after its end a system does nothing more, however it is run") {
  for (const unsigned workers : {1U, 3U}) {
    CAPTURE(workers);
    int handled = 0;
    test_system system(1, {.workers = workers, .log = casty::log_level::off});
    const auto actor = system.spawn(behaviors::receive<Digit>([&handled](Digit) {
      ++handled;
      return behaviors::same;
    }));
    system.event_stream().subscribe([](const casty::dead_letter&) {});
    system.tick("each second", actor, Digit{1}, 1s);
    system.advance(3500ms);
    CHECK(system.terminate());

    actor.tell(Digit{2});
    system.run();
    system.advance(10s);
    CHECK_FALSE(system.run_until([] { return false; }, 10s));
    CHECK(system.drain());
    CHECK(handled == 3);
    CHECK(system.balanced());
  }
}

struct Spread {
  int left;
};

// Has children on its own worker, which have much to do: some are taken over by others.
casty::behavior<Spread> spreading(std::set<unsigned>& where) {
  return behaviors::receive<Spread>([&where](auto& ctx, Spread m) {
    where.insert(casty::detail::worker::current()->number);
    if (m.left > 0) {
      for (int each = 0; each < 3; ++each) {
        ctx.spawn(spreading(where)).tell(Spread{m.left - 1});
      }
      ctx.self().tell(Spread{0});
    }
    return behaviors::same;
  });
}

std::uint64_t spread_over(unsigned workers, std::uint64_t seed, std::set<unsigned>& where) {
  test_system system(seed, {.workers = workers, .log = casty::log_level::off});
  system.spawn(spreading(where)).tell(Spread{4});
  system.run();
  CHECK(system.living_actors().size() == 1 + 3 + 9 + 27 + 81);
  CHECK(system.drain());
  CHECK(system.terminate());
  CHECK(system.living_actors().empty());
  CHECK(system.balanced());
  return system.trace_hash();
}

TEST_CASE("testkit/test_system: actors on their way to another worker are listed") {
  constexpr std::size_t actors = 12;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    test_system system(seed, {.workers = 3, .log = casty::log_level::off});
    int handled = 0;
    std::vector<casty::actor_ref<Digit>> all;
    for (std::size_t each = 0; each < actors; ++each) {
      all.push_back(system.spawn(behaviors::receive<Digit>([&handled](Digit) {
        ++handled;
        return behaviors::same;
      })));
    }
    system.run();
    for (int round = 0; round < 10; ++round) {
      for (const auto& each : all) {
        each.tell(Digit{round});
      }
    }

    for (int look = 1; look <= 40; ++look) {
      system.run_until([&] { return handled >= look; }, casty::duration::seconds(1));
      REQUIRE(system.living_actors().size() == actors);
    }
    CHECK(system.terminate());
    CHECK(system.living_actors().empty());
  }
}

TEST_CASE("testkit/test_system: actors move between several workers, the same each time") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::set<unsigned> on;
    const std::uint64_t hash = spread_over(3, seed, on);
    CHECK(spread_over(3, seed, on) == hash);
    CHECK(on.size() == 3);
    CHECK(hashes.insert(hash).second);
  }
  std::set<unsigned> on;
  (void)spread_over(1, 1, on);
  CHECK(on.size() == 1);
}

}  // namespace
