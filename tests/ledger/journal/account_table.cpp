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
  table.belong_to("one", 0);
  table.add("b", Settled{1, 1, role::depositor, 100, ""});
  table.add("b", Settled{1, 2, role::sender, 30, "a"});
  table.add("a", Settled{1, 2, role::receiver, 30, "b"});
  table.add("a", Settled{1, 3, role::withdrawer, 10, ""});
  table.add(Refused{1, 4, role::withdrawer, 1000, ""});
  table.add(BatchDone{1});
  CHECK(table.balances().empty());
  table.commit(7);
  CHECK(table.balances() == std::vector<account_balance>{{"a", 20}, {"b", 70}});
  CHECK(table.counts() == outcome_counts{3, 1});
  CHECK(table.position() == 7);
  CHECK(table.batches() == 1);
}

TEST_CASE("ledger/journal/account_table: it goes on with its own journal, and no other") {
  const support::folder folder;
  {
    account_table table(folder.file("t.sqlite"));
    table.belong_to("one", 0);
    table.add("a", Settled{1, 1, role::depositor, 5, ""});
    table.add(BatchDone{1});
    table.commit(3);
    table.add("a", Settled{2, 2, role::depositor, 5, ""});  // is lost: it was not committed
  }
  {
    account_table table(folder.file("t.sqlite"));
    table.belong_to("one", 1);
    CHECK(table.position() == 3);
    CHECK(table.balances() == std::vector<account_balance>{{"a", 5}});
  }
  SUBCASE("another journal") { account_table(folder.file("t.sqlite")).belong_to("two", 1); }
  SUBCASE("its journal as it was before") {
    account_table(folder.file("t.sqlite")).belong_to("one", 0);
  }
  account_table table(folder.file("t.sqlite"));
  CHECK(table.position() == 0);
  CHECK(table.batches() == 0);
  CHECK(table.balances().empty());
  CHECK(table.counts() == outcome_counts{});
}

TEST_CASE("ledger/journal/account_table: of two that write to one the second is told") {
  const support::folder folder;
  account_table first(folder.file("t.sqlite"));
  first.belong_to("one", 0);
  account_table second(folder.file("t.sqlite"));
  const char* other = "one";
  SUBCASE("of one journal") {}
  SUBCASE("of two") { other = "two"; }
  second.belong_to(other, 0);
  second.add("a", Settled{1, 1, role::depositor, 5, ""});
  second.commit(3);
  first.add("a", Settled{1, 1, role::depositor, 5, ""});
  CHECK_THROWS_AS(first.commit(2), ledger::file_error);
  CHECK(second.balances() == std::vector<account_balance>{{"a", 5}});
}

TEST_CASE("ledger/journal/account_table: a file of somebody else stays as it is") {
  const support::folder folder;
  folder.put(folder.file("t.sqlite"), "what is this?");
  CHECK_THROWS_AS(account_table(folder.file("t.sqlite")), ledger::file_error);
  CHECK(support::folder::text_of(folder.file("t.sqlite")) == "what is this?");
  CHECK_THROWS_AS(account_table(folder.file("none/t.sqlite")), ledger::file_error);
}

}  // namespace
