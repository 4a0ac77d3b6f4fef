#include "ledger/report.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "text_source.hpp"

namespace {

using ledger::account_balance;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

TEST_CASE("ledger/report: the total is wider than 64 bits") {
  const std::vector<account_balance> balances = {{"a", largest}, {"b", largest}, {"c", largest}};

  CHECK(ledger::to_string(ledger::total_cents(balances)) == "27670116110564327421");
  CHECK(ledger::to_string(ledger::total_cents({})) == "0");
}

TEST_CASE("ledger/report: the summary names its values, one a line, and the richest") {
  const std::vector<account_balance> balances = {{"a", 5}, {"b", 70}, {"c d", 5}, {"e", 0}};

  CHECK(ledger::summary_text({{1000, 50}, 3, 1050, 0.5, true, balances}) ==
        "settled: 1000\n"
        "refused: 50\n"
        "rejected: 3\n"
        "accounts: 4\n"
        "total_cents: 80\n"
        "seconds: 0.500\n"
        "transactions_per_second: 2100\n"
        "verified: yes\n"
        "top: b 70\n"
        "top: a 5\n"
        "top: c d 5\n"
        "top: e 0\n");
}

TEST_CASE("ledger/report: of many accounts ten are named") {
  std::vector<account_balance> balances;
  const std::string names = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t index = 0; index < names.size(); ++index) {
    balances.push_back(
        {std::string_view(names).substr(index, 1), static_cast<std::int64_t>(index)});
  }

  const std::string text = ledger::summary_text({.verified = false, .balances = balances});

  CHECK(text.find("verified: no\ntop: z 25\ntop: y 24\n") != std::string::npos);
  CHECK(text.ends_with("top: q 16\n"));
}

TEST_CASE("ledger/report: a run of nothing has its summary, too") {
  CHECK(ledger::summary_text({}) ==
        "settled: 0\nrefused: 0\nrejected: 0\naccounts: 0\ntotal_cents: 0\nseconds: 0.000\n"
        "transactions_per_second: 0\nverified: not asked\n");
}

TEST_CASE("ledger/report: balances are written in their order") {
  const std::vector<account_balance> balances = {{"a b", 0}, {"\xC3\xA4", largest}};
  ledger_tests::text_sink sink;

  ledger::write_balances(sink, balances);

  CHECK(sink.text() == "account,balance_cents\na b,0\n\xC3\xA4,9223372036854775807\n");
}

TEST_CASE("ledger/report: the first difference is named") {
  const std::vector<account_balance> all = {{"a", 1}, {"b", 2}};
  const std::vector<account_balance> fewer = {{"a", 1}};
  const std::vector<account_balance> other = {{"a", 1}, {"b", 3}};

  CHECK(ledger::first_difference(all, all).empty());
  CHECK(ledger::first_difference(all, other) == "expected b,2, got b,3");
  CHECK(ledger::first_difference(all, fewer) == "expected b,2, got no further account");
  CHECK(ledger::first_difference(fewer, all) == "expected no further account, got b,2");
}

}  // namespace
