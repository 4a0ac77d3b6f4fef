#include "casty/testkit/faulty_disk.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "testkit/asked_journal.hpp"

namespace {

using casty::errc;
using casty::testkit::asked_journal;
using casty::testkit::faulty_disk;

struct Counted {
  std::uint64_t number = 0;
  std::string filling;
};

constexpr std::uint64_t events = 15;

// Persists one event after the other of two entities until one is refused; says how many have
// been acknowledged.
struct run_result {
  std::uint64_t acknowledged[2] = {0, 0};
  errc failure = {};
};

run_result run(faulty_disk& disk) {
  run_result result;
  try {
    asked_journal journal(disk.open());
    for (std::uint64_t number = 1; number <= events; ++number) {
      for (unsigned entity = 0; entity < 2; ++entity) {
        const auto verdict = journal.persist(
            std::to_string(entity), number - 1,
            {casty::stored_value::of(Counted{number, std::string(number * 97 % 3000, 'x')})});
        if (verdict.failed()) {
          result.failure = verdict.failure;
          return result;
        }
        result.acknowledged[entity] = number;
      }
    }
  } catch (const casty::error& failed) {
    result.failure = failed.code();  // it could not even be opened
  }
  return result;
}

// The fault came as the file was closed.
bool has_all(const run_result& result) {
  return result.acknowledged[0] == events && result.acknowledged[1] == events;
}

// What was acknowledged is there, once, in order; and it goes on from there.
void check(faulty_disk& disk, const run_result& before) {
  disk.repair();
  asked_journal journal(disk.open());
  for (unsigned entity = 0; entity < 2; ++entity) {
    const auto page = journal.load(std::to_string(entity), 0);
    REQUIRE(page.verdict.detail == "");
    const std::uint64_t found = page.events.size();
    CHECK(found >= before.acknowledged[entity]);
    CHECK(found <= before.acknowledged[entity] + 1);
    for (std::uint64_t each = 0; each < found; ++each) {
      REQUIRE(casty::wire::decode<Counted>(page.events[each].bytes).number == each + 1);
    }
    CHECK_FALSE(journal
                    .persist(std::to_string(entity), found,
                             {casty::stored_value::of(Counted{found + 1, ""})})
                    .failed());
  }
}

TEST_CASE("testkit/faulty_disk: without a fault all is there") {
  faulty_disk disk(1);
  const run_result result = run(disk);
  CHECK(result.failure == errc{});
  CHECK(disk.syncs() > events);
  check(disk, result);
}

TEST_CASE("testkit/faulty_disk: full at any write, a journal loses nothing that it has answered") {
  faulty_disk whole(1);
  (void)run(whole);
  for (std::uint64_t at = 1; at <= whole.writes(); ++at) {
    CAPTURE(at);
    faulty_disk disk(at);
    disk.fill_up_at(at);
    const run_result result = run(disk);
    CHECK((result.failure == errc::full || has_all(result)));
    check(disk, result);
  }
}

TEST_CASE("testkit/faulty_disk: whichever sync fails, nothing is acknowledged after it") {
  faulty_disk whole(1);
  (void)run(whole);
  for (std::uint64_t at = 1; at <= whole.syncs(); ++at) {
    CAPTURE(at);
    faulty_disk disk(at);
    disk.fail_sync_at(at);
    const run_result result = run(disk);
    CHECK((result.failure != errc{} || has_all(result)));
    check(disk, result);
  }
}

TEST_CASE("testkit/faulty_disk: without power at any moment, what was answered is there") {
  faulty_disk whole(1);
  (void)run(whole);
  for (std::uint64_t at = 1; at <= whole.writes() + whole.syncs(); ++at) {
    CAPTURE(at);
    faulty_disk disk(at);
    disk.lose_power_at(at);
    check(disk, run(disk));
  }
}

TEST_CASE("testkit/faulty_disk: a byte that has changed is found, or changes but that event") {
  faulty_disk disk(1);
  (void)run(disk);
  const std::string whole = disk.image();
  REQUIRE(whole.size() > 4096);
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    CAPTURE(at);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    disk.restore(std::move(damaged));
    try {
      asked_journal journal(disk.open());
      const auto page = journal.load("0", 0);
      CHECK((page.verdict.failed() || page.events.size() <= events));
    } catch (const casty::error& failed) {
      CHECK((failed.code() == errc::corrupt || failed.code() == errc::unavailable));
    }
  }
}

}  // namespace
