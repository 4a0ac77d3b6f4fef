/// @file
/// What a run prints and writes at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "ledger/bytes.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

// The sum of as many balances as there may be accounts does not fit 64 bits.
__extension__ using total_cents_type = unsigned __int128;

[[nodiscard]] total_cents_type total_cents(std::span<const account_balance> balances) noexcept;

[[nodiscard]] std::string to_string(total_cents_type total);

struct summary {
  outcome_counts counts = {};
  std::uint64_t rejected = 0;
  std::uint64_t decided = 0;  // of the transactions, those of this run
  double seconds = 0;         // of this run
  std::optional<bool> verified = {};  // nothing when it was not asked
  std::span<const account_balance> balances = {};
};

/// One `name: value` a line, then up to ten accounts, the richest first.
[[nodiscard]] std::string summary_text(const summary& run);

/// `account,balance_cents`, in the order given.
void write_balances(byte_sink& to, std::span<const account_balance> balances);

/// Says where `actual` differs first from what was expected; empty when it does not.
[[nodiscard]] std::string first_difference(std::span<const account_balance> expected,
                                           std::span<const account_balance> actual);

}  // namespace ledger
