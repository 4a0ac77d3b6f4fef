#include "ledger/journal/place.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "ledger/bytes.hpp"
#include "support/folder.hpp"

namespace {

using ledger::journal_kind;
using ledger::journal_place;

TEST_CASE("ledger/journal/place: it is read as it is written") {
  CHECK(ledger::journal_place_of("memory")->kind == journal_kind::memory);
  CHECK(ledger::journal_place_of("sqlite:a:b")->kind == journal_kind::sqlite);
  CHECK(ledger::journal_place_of("sqlite:a:b")->where == "a:b");
  CHECK(ledger::journal_place_of("postgres:host=/x")->kind == journal_kind::postgres);
  for (const char* wrong : {"", "sqlite:", "postgres:", "Memory", "memory:", "x.sqlite"}) {
    CAPTURE(wrong);
    CHECK(!ledger::journal_place_of(wrong));
  }
}

TEST_CASE("ledger/journal/place: a fresh one leaves the old ones under numbers") {
  const support::folder folder;
  const journal_place place{journal_kind::sqlite, folder.file("j.sqlite")};
  for (int count = 0; count < 3; ++count) {
    (void)ledger::open_journal(place, true);
  }
  (void)ledger::open_journal(place, false);
  CHECK(folder.file_count() == 3);
  CHECK(support::folder::text_of(folder.file("j.sqlite.2")).starts_with("SQLite format 3"));
}

TEST_CASE("ledger/journal/place: one that is open is not put aside") {
  const support::folder folder;
  const journal_place place{journal_kind::sqlite, folder.file("j.sqlite")};
  const casty::journal held = ledger::open_journal(place, false);
  CHECK_THROWS_AS((void)ledger::open_journal(place, true), casty::error);
  CHECK(!std::filesystem::exists(folder.file("j.sqlite.1")));
}

TEST_CASE("ledger/journal/place: the table is beside a journal that is elsewhere") {
  CHECK(ledger::table_place("in.csv", {journal_kind::sqlite, "in.csv.journal.sqlite"}) ==
        "in.csv.accounts.sqlite");
  CHECK(ledger::table_place("in.csv", {journal_kind::sqlite, "/j"}) == "/j.accounts.sqlite");
  CHECK(ledger::table_place("in.csv", {journal_kind::postgres, "x"}) == "in.csv.accounts.sqlite");
}

TEST_CASE("ledger/journal/place: what is no journal is not put aside") {
  const support::folder folder;
  const journal_place place{journal_kind::sqlite, folder.file("j.sqlite")};
  folder.put(place.where, "a letter");
  CHECK_THROWS_AS((void)ledger::open_journal(place, true), casty::error);
  CHECK(support::folder::text_of(place.where) == "a letter");
}

TEST_CASE("ledger/journal/place: one that is not there is not found, nor made") {
  const support::folder folder;
  CHECK_THROWS_AS((void)ledger::find_journal({journal_kind::sqlite, folder.file("j.sqlite")}),
                  ledger::file_error);
  CHECK_THROWS_AS((void)ledger::find_journal({}), ledger::file_error);
  CHECK(folder.file_count() == 0);
}

}  // namespace
