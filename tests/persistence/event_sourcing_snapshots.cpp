#include "casty/persistence/event_sourcing.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"
#include "testkit/asked_journal.hpp"

namespace {

using casty::behavior;
using casty::errc;
namespace behaviors = casty::behaviors;

struct Added {
  std::int64_t number = 0;
};
struct Sum {
  std::int64_t value = 0;
};

struct Add {
  std::int64_t number;
  int times = 1;
};
struct Get {
  casty::reply_to<std::int64_t> reply_to;
};
struct Adder : casty::protocol<Add, Get> {};

behavior<Adder> adder(casty::journal journal, casty::snapshot_policy snapshots = {}) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = std::move(journal),
      .initial_state = Sum{},
      .on_event = casty::on_event<Added>(
          [](const Sum& s, const Added& e) { return Sum{s.value + e.number}; }),
      .on_command = casty::on_command<Adder>(
          [](const Add& m) -> casty::effect<Added> {
            return casty::effect<Added>(
                std::vector<casty::any_event<Added>>(m.times, Added{m.number}));
          },
          [](const Sum& s, const Get& m) {
            m.reply_to.tell(s.value);
            return behaviors::same;
          }),
      .snapshots = snapshots,
  });
}

// The sum that another actor of the entity finds, or why it does not begin.
struct found {
  casty::result<std::int64_t> sum;
  std::string why;
};
found find(casty::journal journal, casty::snapshot_policy snapshots = {}) {
  std::string why;
  casty::testkit::test_system system(1);
  const auto of = system.spawn(behaviors::supervise(
      adder(std::move(journal), snapshots),
      casty::one_for_one_strategy{.decider = [&](const std::exception_ptr& failure) {
        try {
          std::rethrow_exception(failure);
        } catch (const std::exception& failed) {
          why = failed.what();
        }
        return casty::directive::stop;
      }}));
  auto asked = system.ask<Get>(of);
  system.run();
  return {asked.wait(), why};
}

// Tells all, one after the other.
void add(const casty::journal& journal, casty::snapshot_policy snapshots,
         const std::vector<Add>& all) {
  casty::testkit::test_system system(1);
  const auto of = system.spawn(adder(journal, snapshots));
  for (const Add& each : all) {
    of.tell(each);
  }
  system.run();
}

// Numbers of the events that are there.
std::vector<std::uint64_t> left_in(const casty::journal& journal) {
  std::vector<std::uint64_t> numbers;
  for (const casty::placed_event& each :
       casty::testkit::asked_journal(journal).read(0, 100).events) {
    numbers.push_back(each.sequence);
  }
  return numbers;
}

TEST_CASE("persistence/event_sourcing: recovery begins with the newest snapshot") {
  const auto faulty = std::make_shared<faulty_journal>(casty::in_memory_journal());
  const casty::snapshot_policy policy{.events = 3, .keep = 2, .deletes_events = true};
  add(faulty, policy, {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}});
  CHECK(faulty->snapshots_saved == 3);
  CHECK(left_in(faulty) == std::vector<std::uint64_t>{7, 8, 9, 10});
  CHECK(find(faulty, policy).sum.value() == 55);
  CHECK(faulty->loaded_after == 9);
}

TEST_CASE("persistence/event_sourcing: a snapshot that cannot be saved stops nothing") {
  const auto faulty = std::make_shared<faulty_journal>(casty::in_memory_journal());
  faulty->fail_snapshots = true;
  add(faulty, {.events = 1, .keep = 1, .deletes_events = true}, {{1}, {2}});
  CHECK(find(faulty).sum.value() == 3);
}

TEST_CASE("persistence/event_sourcing: events after the oldest snapshot that is kept stay") {
  const casty::journal journal = casty::in_memory_journal();
  // Snapshots after events 5, 10 and 15, though one is due each three.
  add(journal, {.events = 3, .keep = 2, .deletes_events = true}, {{1, 5}, {1, 5}, {1, 5}});
  CHECK(left_in(journal) == std::vector<std::uint64_t>{11, 12, 13, 14, 15});
  // Another actor knows the newest one alone, until it has saved its own.
  add(journal, {.events = 3, .keep = 2, .deletes_events = true}, {{1, 2}, {1, 1}});
  CHECK(left_in(journal) == std::vector<std::uint64_t>{16, 17, 18});
  CHECK(find(journal).sum.value() == 18);
}

TEST_CASE("persistence/event_sourcing: without the snapshot of deleted events nothing begins") {
  const casty::journal journal = casty::in_memory_journal();
  add(journal, {}, {{1}, {2}, {3}});
  SUBCASE("all are deleted") {
    journal->delete_to("a", 3, casty::ignored);
    const found here = find(journal);
    CHECK(here.sum.error() == errc::dead_target);
    CHECK(here.why.find("'a': the newest event was 3, but events after 0 are gone, and there is "
                        "no snapshot") != std::string::npos);
  }
  SUBCASE("some are deleted") {
    journal->delete_to("a", 2, casty::ignored);
    const found here = find(journal);
    CHECK(here.sum.error() == errc::dead_target);
    CHECK(here.why.find("'a': event 1 is not there, 3 is the next") != std::string::npos);
  }
  SUBCASE("the snapshot is older") {
    journal->save_snapshot("a", {1, casty::stored_value::of(Sum{1})}, 1, casty::ignored);
    journal->delete_to("a", 3, casty::ignored);
    CHECK(find(journal).why.find("the newest snapshot is that of 1") != std::string::npos);
  }
  SUBCASE("the snapshot is newer than any event") {
    journal->save_snapshot("a", {7, casty::stored_value::of(Sum{1})}, 1, casty::ignored);
    CHECK(find(journal).sum.error() == errc::dead_target);
  }
}

struct Total {
  std::int64_t value = 0;
};

TEST_CASE("persistence/event_sourcing: a snapshot of another type is none of this state") {
  const casty::journal journal = casty::in_memory_journal();
  add(journal, {}, {{1}, {2}, {3}});
  journal->save_snapshot("a", {3, casty::stored_value::of(Total{6})}, 1, casty::ignored);
  const found here = find(journal);
  CHECK(here.sum.error() == errc::dead_target);
  CHECK(here.why.find("schema_mismatch: 'a', 3, Total: casty: schema_mismatch: it holds a Total "
                      "in place of a Sum") != std::string::npos);
}

// Not to be written by anybody.
struct Opaque {
  explicit Opaque(int of) : number(of) {}
  int number;
};

TEST_CASE("persistence/event_sourcing: snapshots are refused where the state cannot be written") {
  const auto make = [](casty::snapshot_policy snapshots) {
    return behaviors::event_sourced(casty::event_sourcing{
        .entity_id = "a",
        .journal = casty::in_memory_journal(),
        .initial_state = Opaque(0),
        .on_event = casty::on_event<Added>([](Opaque s, const Added&) { return s; }),
        .on_command = casty::on_command<Add>([](const Add&) { return behaviors::same; }),
        .snapshots = snapshots,
    });
  };
  (void)make({});
  CHECK_THROWS_WITH_AS((void)make({.events = 10}),
                       "casty: bad_argument: 'a': snapshots of a state that cannot be serialized",
                       casty::error);
}

}  // namespace
