#include "ledger/rejects.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "support/folder.hpp"

namespace {

using ledger::reject_reason;
using ledger::reject_text;

TEST_CASE("ledger/rejects: text is shown as it is") {
  CHECK(reject_text("").empty());
  CHECK(reject_text("a,\"b\", c") == "a,\"b\", c");
  CHECK(reject_text("J\xC3\xBCrgen \xF0\x9F\x98\x80") == "J\xC3\xBCrgen \xF0\x9F\x98\x80");
}

TEST_CASE("ledger/rejects: control characters, backslashes and what is not UTF-8 are escaped") {
  using namespace std::string_literals;
  CHECK(reject_text("a\0b"s) == "a\\x00b");
  CHECK(reject_text("a\tb\r") == "a\\x09b\\x0D");
  CHECK(reject_text("\x7F") == "\\x7F");
  CHECK(reject_text("\xC2\x80 \xC2\x9F \xC2\xA0") == "\\xC2\\x80 \\xC2\\x9F \xC2\xA0");
  CHECK(reject_text("\\x41") == "\\x5Cx41");
  CHECK(reject_text("a\xFF\xC3") == "a\\xFF\\xC3");
  CHECK(reject_text("\xED\xA0\x80") == "\\xED\\xA0\\x80");
  CHECK(reject_text("\xE2\x82\x41") == "\\xE2\\x82\x41");
}

TEST_CASE("ledger/rejects: 200 bytes of the line are shown, escapes not counted") {
  CHECK(reject_text(std::string(200, 'a')) == std::string(200, 'a'));
  CHECK(reject_text(std::string(201, 'a')) == std::string(200, 'a'));
  CHECK(reject_text(std::string(300, '\x01')).size() == 200 * 4);
}

TEST_CASE("ledger/rejects: the cut is never inside a character") {
  const std::string face = "\xF0\x9F\x98\x80";
  CHECK(reject_text(std::string(196, 'a') + face + "b") == std::string(196, 'a') + face);
  for (const std::size_t length : {197U, 198U, 199U}) {
    CHECK(reject_text(std::string(length, 'a') + face + "b") == std::string(length, 'a'));
  }
  // A stump is no character: its bytes before the cut are shown.
  CHECK(reject_text(std::string(199, 'a') + "\xF0" + "b") == std::string(199, 'a') + "\\xF0");
  CHECK(reject_text(std::string(198, 'a') + "\xE2\x82" + "b") ==
        std::string(198, 'a') + "\\xE2\\x82");
  CHECK(reject_text(std::string(199, 'a') + "\xC2\x80") == std::string(199, 'a'));
}

TEST_CASE("ledger/rejects: the file is there when it is published, and not before") {
  const support::folder folder;
  const std::string path = folder.file("x.rejects.csv");
  {
    ledger::rejects rejects(path);
    rejects.add({3, "a,b", false}, reject_reason::column_count);
    rejects.add({70000000000, std::string_view("\xFFz", 2), true}, reject_reason::too_long);
    CHECK(rejects.count() == 2);
    rejects.complete();
    CHECK_FALSE(std::filesystem::exists(path));
    rejects.publish();
  }
  CHECK(folder.text_of(path) ==
        "line,reason,text\n3,column_count,a,b\n70000000000,too_long,\\xFFz\n");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("ledger/rejects: a run without rejects removes the file of the run before") {
  const support::folder folder;
  const std::string path = folder.file("x.rejects.csv");
  folder.put(path, "line,reason,text\n2,bad_id,old\n");

  ledger::rejects rejects(path);
  rejects.complete();
  CHECK(folder.file_count() == 1);
  rejects.publish();

  CHECK(folder.file_count() == 0);
}

TEST_CASE("ledger/rejects: a run that is given up leaves everything as it was") {
  const support::folder folder;
  const std::string path = folder.file("x.rejects.csv");
  folder.put(path, "old");
  {
    ledger::rejects rejects(path);
    rejects.add({2, "x", false}, reject_reason::bad_id);
    rejects.complete();
  }
  CHECK(folder.text_of(path) == "old");
  CHECK(folder.file_count() == 1);
}

}  // namespace
