#include "casty/testkit/test_system.hpp"

#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"

namespace {

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

}  // namespace
