#include "casty/persistence/sqlite_journal.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/testkit/faulty_disk.hpp"
#include "casty/testkit/journal_conformance.hpp"
#include "persistence/sqlite/database.hpp"
#include "support/folder.hpp"
#include "testkit/asked_journal.hpp"

namespace {

using casty::errc;
using casty::testkit::asked_journal;

struct Filled {
  std::uint64_t number = 0;
  std::string filling;
};

[[nodiscard]] std::vector<casty::stored_value> filled(std::uint64_t number, std::size_t bytes) {
  return {casty::stored_value::of(Filled{number, std::string(bytes, 'x')})};
}

[[nodiscard]] std::string refusal(const std::string& path) {
  try {
    (void)casty::sqlite_journal(path);
  } catch (const casty::error& failed) {
    return failed.what();
  }
  return {};
}

TEST_CASE("persistence/sqlite_journal: it does what a journal must") {
  const support::folder folder;
  for (const auto& [name, problem] : casty::testkit::check_journal(
           [&] { return casty::sqlite_journal(folder.file("journal.sqlite")); })) {
    INFO(name);
    CHECK(problem == "");
  }
}

TEST_CASE("persistence/sqlite_journal: it does so too when each operation is alone") {
  const support::folder folder;
  const casty::sqlite_options options{.waits_for_disk = false, .group_max = 1};
  for (const auto& [name, problem] : casty::testkit::check_journal(
           [&] { return casty::sqlite_journal(folder.file("journal.sqlite"), options); })) {
    INFO(name);
    CHECK(problem == "");
  }
}

TEST_CASE("persistence/sqlite_journal: a file that is none of casty's is refused as it is") {
  const support::folder folder;
  const std::string path = folder.file("other");
  SUBCASE("a text") {
    std::ofstream(path) << std::string(5000, 'x');
    CHECK(refusal(path) ==
          "casty: corrupt: " + path + ": file is not a database: it is no journal of casty");
    std::ifstream again(path);
    std::string text;
    again >> text;
    CHECK(text == std::string(5000, 'x'));
  }
  SUBCASE("a folder") {
    ::mkdir(path.c_str(), 0700);
    CHECK(refusal(path) == "casty: unavailable: " + path + ": unable to open database file");
  }
  SUBCASE("a folder that is not there") {
    CHECK(refusal(path + "/journal") ==
          "casty: unavailable: " + path + "/journal: unable to open database file");
  }
  CHECK(refusal("") == "casty: bad_argument: a journal needs a path");
}

TEST_CASE("persistence/sqlite_journal: a file that is open is refused to another process") {
  const support::folder folder;
  const std::string path = folder.file("journal.sqlite");
  const auto first = casty::sqlite_journal(path);
  const std::string said = refusal(path);
  CHECK(said == "casty: unavailable: " + path +
                    ": database is locked: another process has it open");
}

TEST_CASE("persistence/sqlite_journal: damage is found when it is opened") {
  const support::folder folder;
  const std::string path = folder.file("journal.sqlite");
  (void)casty::testkit::check_journal([&] { return casty::sqlite_journal(path); });
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 1; page < 20; ++page) {
      file.seekp(page * 4096 + 8);
      file << "damaged";
    }
  }
  CHECK(refusal(path).starts_with("casty: corrupt: " + path + ": "));
}

// Events enough for the log to be written to the file once: how many were answered before one
// was refused, and how many syncs there were before the journal was closed.
struct long_run {
  std::uint64_t answered = 0;
  bool is_refused = false;
  std::uint64_t syncs = 0;
};
constexpr std::uint64_t long_events = 25;

long_run run_for_long(casty::testkit::faulty_disk& disk) {
  long_run run;
  asked_journal journal(disk.open());
  while (!run.is_refused && run.answered < long_events) {
    run.is_refused = journal.persist("a", run.answered, filled(run.answered, 200'000)).failed();
    run.answered += run.is_refused ? 0 : 1;
  }
  // After whatever came of the last event.
  run.is_refused = run.is_refused || journal.load("a", long_events).verdict.failed();
  run.syncs = disk.syncs();
  return run;
}

TEST_CASE("persistence/sqlite_journal: a failed sync of the file itself ends it, too") {
  casty::testkit::faulty_disk whole(1);
  const long_run undisturbed = run_for_long(whole);
  REQUIRE_FALSE(undisturbed.is_refused);
  REQUIRE(undisturbed.syncs > long_events);
  const std::uint64_t first = undisturbed.syncs - long_events;  // it is open then
  for (std::uint64_t at = first + 1; at <= undisturbed.syncs; ++at) {
    CAPTURE(at);
    casty::testkit::faulty_disk disk(at);
    disk.fail_sync_at(at);
    const long_run run = run_for_long(disk);
    CHECK(run.is_refused);
    disk.repair();
    asked_journal again(disk.open());
    CHECK(again.load("a", run.answered - 1).events.size() >= 1);
  }
}

TEST_CASE("persistence/sqlite_journal: what cannot be read does not make its log grow for ever") {
  const support::folder folder;
  const std::string path = folder.file("journal.sqlite");
  const casty::sqlite_options fast{.waits_for_disk = false};
  {
    asked_journal journal(casty::sqlite_journal(path, fast));
    REQUIRE_FALSE(journal.persist("a", 0, filled(1, 1)).failed());
  }
  casty::sqlite::database(path, nullptr).execute("UPDATE types SET id = id + 1000");
  asked_journal journal(casty::sqlite_journal(path, fast));
  REQUIRE(journal.read(0, 10).verdict.failure == errc::corrupt);
  std::uintmax_t longest = 0;
  for (std::uint64_t each = 0; each < 20; ++each) {
    REQUIRE_FALSE(journal.persist("b", each, filled(each, 1'000'000)).failed());
    longest = std::max(longest, std::filesystem::file_size(path + "-wal"));
  }
  CHECK(longest < 8'000'000);
}

TEST_CASE("persistence/sqlite_journal: a value that cannot be bound is an error") {
  casty::sqlite::database memory(":memory:", nullptr);
  auto statement = memory.prepare("SELECT ?");
  CHECK_THROWS_AS((void)statement.bind(std::int64_t{1}, std::int64_t{2}), casty::error);
  CHECK(statement.bind(std::int64_t{7}).step());
}

}  // namespace
