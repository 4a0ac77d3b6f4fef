#include "ledger/journal/audit.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

namespace {

using ledger::events::BatchDone;
using ledger::events::Refused;
using ledger::events::role;
using ledger::events::Settled;

casty::event_place at(const char* account, std::uint64_t sequence) {
  return {1, ledger::account_entity(account), sequence};
}

TEST_CASE("ledger/journal/audit: what is right has no flaw") {
  ledger::audit all;
  all.add(at("a", 1), Settled{1, 1, role::depositor, 100, ""});
  all.add(at("b", 1), Settled{1, 2, role::receiver, 40, "a"});
  all.add(at("a", 2), Settled{1, 2, role::sender, 40, "b"});
  all.add(BatchDone{1});
  all.add(at("c", 1), Refused{2, 3, role::withdrawer, 40, ""});
  CHECK(all.counts() == ledger::outcome_counts{2, 0});
  all.add(BatchDone{2});
  CHECK(all.flaw() == "");
  CHECK(all.batches() == 2);
  CHECK(all.counts() == ledger::outcome_counts{2, 1});
  CHECK(all.balances() == std::vector<ledger::account_balance>{{"a", 60}, {"b", 40}});
}

TEST_CASE("ledger/journal/audit: it finds what must not be") {
  ledger::audit all;
  all.add(at("a", 1), Settled{1, 5, role::depositor, 100, ""});
  std::string flaw;
  SUBCASE("an event that is missing") {
    all.add(at("a", 3), Settled{1, 6, role::depositor, 100, ""});
    flaw = "a: event 2 is missing";
  }
  SUBCASE("a transaction twice in an account") {
    all.add(at("a", 2), Settled{1, 5, role::depositor, 100, ""});
    flaw = "a: transaction 5 is there twice";
  }
  SUBCASE("a transaction of two accounts") {
    all.add(at("b", 1), Settled{1, 5, role::depositor, 100, ""});
    all.add(BatchDone{1});
    flaw = "transaction 5 is decided twice";
  }
  SUBCASE("a transaction of two batches") {
    all.add(BatchDone{1});
    all.add(at("b", 1), Settled{2, 5, role::depositor, 100, ""});
    all.add(BatchDone{2});
    flaw = "transaction 5 is decided in two batches";
  }
  SUBCASE("a transfer that has not arrived") {
    all.add(at("a", 2), Settled{1, 6, role::sender, 40, "b"});
    all.add(BatchDone{1});
    flaw = "the transfer 6 is on one side only";
  }
  SUBCASE("a transfer that has not left") {
    all.add(at("b", 1), Settled{1, 6, role::receiver, 40, "a"});
    all.add(BatchDone{1});
    flaw = "the transfer 6 is on one side only";
  }
  SUBCASE("more than there is") {
    all.add(at("a", 2), Settled{1, 6, role::withdrawer, 101, ""});
    flaw = "a: less than nothing after transaction 6";
  }
  CHECK(all.flaw() == flaw);
}

}  // namespace
