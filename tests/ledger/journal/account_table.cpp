#include "ledger/journal/account_table.hpp"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "ledger/bytes.hpp"
#include "support/folder.hpp"

namespace {

using ledger::account_balance;
using ledger::account_table;
using ledger::outcome_counts;
using ledger::events::BatchDone;
using ledger::events::Refused;
using ledger::events::role;
using ledger::events::Settled;

TEST_CASE("ledger/journal/account_table: what is added is there with the commit") {
  const support::folder folder;
  account_table table(folder.file("t.sqlite"));
  table.begin_anew("one");
  table.add("b", Settled{1, 1, role::depositor, 100, ""});
  table.add("b", Settled{1, 2, role::sender, 30, "a"});
  table.add("a", Settled{1, 2, role::receiver, 30, "b"});
  table.add("a", Settled{1, 3, role::withdrawer, 10, ""});
  table.add(Refused{1, 4, role::withdrawer, 1000, ""});
  CHECK(table.read().balances.empty());
  table.commit(BatchDone{1, "id of 1"}, 7);
  CHECK(table.read().balances == std::vector<account_balance>{{"a", 20}, {"b", 70}});
  CHECK(table.read().counts == outcome_counts{3, 1});
  CHECK(table.reached().journal_id == "one");
  CHECK(table.reached().position == 7);
  CHECK(table.reached().newest.batch == 1);
  CHECK(table.reached().newest.id == "id of 1");
}

TEST_CASE("ledger/journal/account_table: it goes on after the last commit") {
  const support::folder folder;
  {
    account_table table(folder.file("t.sqlite"));
    table.begin_anew("one");
    table.add("a", Settled{1, 1, role::depositor, 5, ""});
    table.commit(BatchDone{1, "x"}, 3);
    table.add("a", Settled{2, 2, role::depositor, 5, ""});
    CHECK(table.go_on().position == 3);
    table.add("a", Settled{2, 2, role::depositor, 6, ""});
    table.commit(BatchDone{2, "y"}, 5);
    table.add("a", Settled{3, 3, role::depositor, 5, ""});  // is lost with this
  }
  account_table table(folder.file("t.sqlite"));
  CHECK(table.go_on().position == 5);
  CHECK(table.read().balances == std::vector<account_balance>{{"a", 11}});
  table.begin_anew("two");
  CHECK(table.reached().journal_id == "two");
  CHECK(table.reached().position == 0);
  CHECK(table.read().balances.empty());
  CHECK(table.read().counts == outcome_counts{});
}

TEST_CASE("ledger/journal/account_table: of two that write to one the second is told") {
  const support::folder folder;
  account_table first(folder.file("t.sqlite"));
  first.begin_anew("one");
  account_table second(folder.file("t.sqlite"));
  SUBCASE("of one journal") { (void)second.go_on(); }
  SUBCASE("of two") { second.begin_anew("two"); }
  second.add("a", Settled{1, 1, role::depositor, 5, ""});
  second.commit(BatchDone{1, "x"}, 3);
  first.add("a", Settled{1, 1, role::depositor, 5, ""});
  CHECK_THROWS_AS(first.commit(BatchDone{1, "y"}, 2), ledger::file_error);
  CHECK(second.read().balances == std::vector<account_balance>{{"a", 5}});
}

TEST_CASE("ledger/journal/account_table: a file of somebody else stays as it is") {
  const support::folder folder;
  folder.put(folder.file("t.sqlite"), "what is this?");
  CHECK_THROWS_AS(account_table(folder.file("t.sqlite")), ledger::file_error);
  CHECK(support::folder::text_of(folder.file("t.sqlite")) == "what is this?");
  CHECK_THROWS_AS(account_table(folder.file("none/t.sqlite")), ledger::file_error);
}

}  // namespace
