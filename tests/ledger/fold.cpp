#include "ledger/fold.hpp"

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace {

using ledger::account_balance;
using ledger::transaction;
using ledger::transaction_kind;
using enum ledger::transaction_kind;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

TEST_CASE("ledger/fold: deposits, withdrawals and transfers move money") {
  ledger::sequential_fold fold;

  CHECK(fold.settle({1, deposit, "anna", 100, ""}));
  CHECK(fold.settle({2, withdraw, "anna", 30, ""}));
  CHECK(fold.settle({3, transfer, "anna", 50, "bert"}));

  CHECK(fold.balances() == std::vector<account_balance>{{"anna", 20}, {"bert", 50}});
  CHECK(fold.counts() == ledger::outcome_counts{3, 0});
}

TEST_CASE("ledger/fold: what is not covered moves nothing") {
  ledger::sequential_fold fold;

  CHECK_FALSE(fold.settle({1, withdraw, "anna", 1, ""}));
  CHECK(fold.settle({2, deposit, "anna", 100, ""}));
  CHECK_FALSE(fold.settle({3, withdraw, "anna", 101, ""}));
  CHECK_FALSE(fold.settle({4, transfer, "anna", 101, "bert"}));
  CHECK(fold.settle({5, transfer, "anna", 100, "carl"}));

  CHECK(fold.balances() == std::vector<account_balance>{{"anna", 0}, {"carl", 100}});
  CHECK(fold.counts() == ledger::outcome_counts{2, 3});
}

TEST_CASE("ledger/fold: what would overflow a balance moves nothing") {
  ledger::sequential_fold fold;

  CHECK(fold.settle({1, deposit, "anna", largest, ""}));
  CHECK_FALSE(fold.settle({2, deposit, "anna", 1, ""}));
  CHECK(fold.settle({3, deposit, "bert", 1, ""}));
  CHECK_FALSE(fold.settle({4, transfer, "bert", 1, "anna"}));
  CHECK(fold.settle({5, transfer, "anna", largest - 1, "bert"}));

  CHECK(fold.balances() == std::vector<account_balance>{{"anna", 1}, {"bert", largest}});
}

TEST_CASE("ledger/fold: accounts are told apart and sorted by bytes") {
  ledger::sequential_fold fold;
  for (const std::string_view account : {"b", "\xC3\xA4", "B", "a", "ab", " "}) {
    CHECK(fold.settle({1, deposit, account, 1, ""}));
  }

  CHECK(fold.balances() == std::vector<account_balance>{
                               {" ", 1}, {"B", 1}, {"a", 1}, {"ab", 1}, {"b", 1}, {"\xC3\xA4", 1}});
}

}  // namespace
