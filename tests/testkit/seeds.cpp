#include "casty/testkit/seeds.hpp"

#include <set>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/unexpected.hpp"
#include "support/environment.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::testkit::for_each_seed;
using casty::testkit::test_system;
using casty::testkit::unexpected;

struct chosen_seed : support::environment_variable {
  explicit chosen_seed(const char* seed) : environment_variable("CASTY_SEED", seed) {}
};

std::string failure_of(const auto& body) {
  try {
    body();
  } catch (const unexpected& failure) {
    return failure.what();
  }
  return "nothing thrown";
}

TEST_CASE("testkit/seeds: each seed has a system of its own") {
  const chosen_seed none(nullptr);
  std::set<std::uint64_t> seen;
  for_each_seed(20, [&](test_system& system) { seen.insert(system.seed()); });
  CHECK(seen.size() == 20);
  CHECK(*seen.begin() == 1);
}

TEST_CASE("testkit/seeds: the environment chooses one seed") {
  const chosen_seed one("77");
  std::set<std::uint64_t> seen;
  for_each_seed(20, [&](test_system& system) { seen.insert(system.seed()); });
  CHECK(seen == std::set<std::uint64_t>{77});
}

TEST_CASE("testkit/seeds: what is no seed is refused, and so is a test under none") {
  for (const char* said : {"", "abc", "-1", "0x11", "1x", " 1", "18446744073709551616"}) {
    CAPTURE(said);
    const chosen_seed one(said);
    CHECK_THROWS_WITH_AS(for_each_seed(1, [](test_system&) {}), doctest::Contains("CASTY_SEED="),
                         casty::error);
  }
  const chosen_seed none(nullptr);
  CHECK_THROWS_AS(for_each_seed(0, [](test_system&) {}), casty::error);
  const chosen_seed last("18446744073709551615");
  unsigned runs = 0;
  for_each_seed(20, [&](test_system&) { ++runs; });
  CHECK(runs == 1);
}

TEST_CASE("testkit/seeds: an exception names the seed, and is nested") {
  const chosen_seed none(nullptr);
  const auto fails_at_three = [](test_system& system) {
    if (system.seed() == 3) {
      throw std::logic_error("no money");
    }
  };
  CHECK(failure_of([&] { for_each_seed(20, fails_at_three); }) ==
        "casty::testkit: thrown: no money (seed 3, after 0 s)");
  try {
    for_each_seed(20, fails_at_three);
  } catch (const unexpected& failure) {
    CHECK_THROWS_AS(std::rethrow_if_nested(failure), std::logic_error);
    CHECK(failure.seed() == 3);
  }
}

TEST_CASE("testkit/seeds: what is no std::exception passes as it is") {
  const chosen_seed none(nullptr);
  CHECK_THROWS_AS(for_each_seed(2, [](test_system&) { throw 7; }), int);
}

TEST_CASE("testkit/seeds: a state is new for each seed, and lives longer than the actors") {
  struct Counted {
    int messages = 0;
    int* total = nullptr;
    ~Counted() { *total += messages; }
  };
  const chosen_seed none(nullptr);
  int total = 0;
  for_each_seed<Counted>(10, [&](test_system& system, Counted& state) {
    CHECK(state.messages == 0);
    state.total = &total;
    const auto counter = system.spawn(behaviors::receive<int>([&state](int) {
      ++state.messages;
      return behaviors::same;
    }));
    counter.tell(1);
    counter.tell(2);
  });
  CHECK(total == 20);
}

}  // namespace
