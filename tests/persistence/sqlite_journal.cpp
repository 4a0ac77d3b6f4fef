#include "casty/persistence/sqlite_journal.hpp"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "casty/testkit/journal_conformance.hpp"
#include "support/folder.hpp"

namespace {

using casty::errc;

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

}  // namespace
