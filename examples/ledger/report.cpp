#include "ledger/report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace ledger {

namespace {

constexpr std::ptrdiff_t top_accounts_max = 10;

std::string_view verified_text(std::optional<bool> verified) {
  if (!verified) {
    return "not asked";
  }
  return *verified ? "yes" : "no";
}

bool richer(const account_balance& left, const account_balance& right) {
  return left.cents != right.cents ? left.cents > right.cents : left.account < right.account;
}

std::vector<account_balance> richest(std::span<const account_balance> balances) {
  std::vector<account_balance> top(
      static_cast<std::size_t>(std::min(std::ssize(balances), top_accounts_max)));
  std::ranges::partial_sort_copy(balances, top, richer);
  return top;
}

std::string seconds_text(double seconds) {
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%.3f", seconds);
  return text.data();
}

std::string row_of(const account_balance& row) {
  return std::string(row.account) + "," + std::to_string(row.cents);
}

}  // namespace

total_cents_type total_cents(std::span<const account_balance> balances) noexcept {
  total_cents_type total = 0;
  for (const account_balance& each : balances) {
    total += static_cast<std::uint64_t>(each.cents);
  }
  return total;
}

std::string to_string(total_cents_type total) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(total % 10));
    total /= 10;
  } while (total != 0);
  std::ranges::reverse(digits);
  return digits;
}

std::string summary_text(const summary& run) {
  const double rate = run.seconds > 0 ? static_cast<double>(run.decided) / run.seconds : 0;
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\n");
  };
  add("settled", std::to_string(run.counts.settled));
  add("refused", std::to_string(run.counts.refused));
  add("rejected", std::to_string(run.rejected));
  add("accounts", std::to_string(run.balances.size()));
  add("total_cents", to_string(total_cents(run.balances)));
  add("seconds", seconds_text(run.seconds));
  add("transactions_per_second", std::to_string(static_cast<std::uint64_t>(rate)));
  add("verified", verified_text(run.verified));
  for (const account_balance& each : richest(run.balances)) {
    add("top", std::string(each.account) + " " + std::to_string(each.cents));
  }
  return text;
}

void write_balances(byte_sink& to, std::span<const account_balance> balances) {
  to.write("account,balance_cents\n");
  for (const account_balance& each : balances) {
    to.write(row_of(each) + "\n");
  }
}

std::string first_difference(std::span<const account_balance> expected,
                             std::span<const account_balance> actual) {
  const auto [left, right] = std::ranges::mismatch(expected, actual);
  const bool no_left = left == expected.end();
  const bool no_right = right == actual.end();
  if (no_left && no_right) {
    return {};
  }
  return "expected " + (no_left ? "no further account" : row_of(*left)) + ", got " +
         (no_right ? "no further account" : row_of(*right));
}

}  // namespace ledger
