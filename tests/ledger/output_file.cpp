#include "ledger/output_file.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "support/folder.hpp"

namespace {

TEST_CASE("ledger/output_file: what is published takes the place of what was there") {
  const support::folder folder;
  const std::string path = folder.file("out.csv");
  folder.put(path, "old");

  ledger::output_file out(path);
  out.write("new");
  out.complete();
  CHECK(folder.text_of(path) == "old");
  out.publish();

  CHECK(folder.text_of(path) == "new");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("ledger/output_file: what is not published leaves no trace") {
  const support::folder folder;
  { ledger::output_file(folder.file("out.csv")).write("new"); }
  CHECK(folder.file_count() == 0);
}

TEST_CASE("ledger/output_file: what killed runs have left goes, what others write stays") {
  const support::folder folder;
  const std::string path = folder.file("out.csv");
  folder.put(path + ".unfinished-1-0", "left");
  folder.put(path + ".unfinished-99999999-3", "left");
  folder.put(folder.file("other.csv.unfinished-1-0"), "another's");
  folder.put(path + ".unfinished-draft.csv", "the user's");
  folder.put(path + ".unfinished-1-x", "the user's");
  ledger::output_file first(path);
  CHECK(folder.file_count() == 4);
  {
    ledger::output_file second(path);
    CHECK(folder.file_count() == 5);
  }
  first.write("first");
  first.complete();
  { ledger::output_file third(path); }
  first.publish();
  CHECK(folder.text_of(path) == "first");
  CHECK(folder.file_count() == 4);
}

TEST_CASE("ledger/output_file: more than its buffer holds is written whole") {
  const support::folder folder;
  const std::string path = folder.file("out.csv");
  std::string expected;

  ledger::output_file out(path);
  for (int row = 0; row < 50'000; ++row) {
    out.write(std::to_string(row) + "\n");
    expected += std::to_string(row) + "\n";
  }
  out.write(std::string(1'000'000, 'x'));
  out.complete();
  out.publish();

  CHECK(folder.text_of(path) == expected + std::string(1'000'000, 'x'));
}

TEST_CASE("ledger/output_file: a link stays a link") {
  const support::folder folder;
  const std::string path = folder.file("real.csv");
  const std::string link = folder.file("link.csv");
  folder.put(path, "old");
  std::filesystem::create_symlink("real.csv", link);

  ledger::output_file out(link);
  out.write("new");
  out.complete();
  out.publish();

  CHECK(std::filesystem::is_symlink(link));
  CHECK(folder.text_of(path) == "new");
}

TEST_CASE("ledger/output_file: a place that cannot be written is refused at once") {
  const support::folder folder;
  CHECK_THROWS_WITH_AS(
      ledger::output_file(folder.file("none/out.csv")),
      ("cannot write " + folder.file("none/out.csv") + ": No such file or directory").c_str(),
      ledger::file_error);
  CHECK_THROWS_WITH_AS(ledger::output_file(folder.file(".")),
                       ("cannot write " + folder.file(".") + ": it is a directory").c_str(),
                       ledger::file_error);
  CHECK_THROWS_WITH_AS(ledger::output_file("/dev/null"),
                       "cannot write /dev/null: it is no regular file", ledger::file_error);
  CHECK(folder.file_count() == 0);
}

TEST_CASE("ledger/output_file: two spellings of a place are one") {
  const support::folder folder;
  std::filesystem::create_directory(folder.file("inner"));
  CHECK(ledger::place_of(folder.file("a.csv")) == ledger::place_of(folder.file("inner/../a.csv")));
  CHECK(ledger::place_of("a.csv") == ledger::place_of("./a.csv"));
  CHECK(ledger::place_of("a.csv") != ledger::place_of("b.csv"));
}

}  // namespace
