/// @file
/// A transaction, as one valid line of the file says it, and what became of many.
#pragma once

#include <cstdint>
#include <string_view>

namespace ledger {

enum class transaction_kind : std::uint8_t { deposit, withdraw, transfer };

/// The texts point into the line that was read; they live as long as it does.
struct transaction {
  std::uint64_t id = 0;
  transaction_kind kind = transaction_kind::deposit;
  std::string_view account = {};
  std::int64_t amount_cents = 0;
  std::string_view other_account = {};  // who receives; empty but for a transfer

  friend bool operator==(const transaction&, const transaction&) = default;
};

/// How many transactions took effect, and how many were valid but not covered, or would
/// have overflowed a balance.
struct outcome_counts {
  std::uint64_t settled = 0;
  std::uint64_t refused = 0;

  friend bool operator==(const outcome_counts&, const outcome_counts&) = default;
};

/// An account that a settled transaction named.
struct account_balance {
  std::string_view account;
  std::int64_t cents = 0;

  friend bool operator==(const account_balance&, const account_balance&) = default;
};

}  // namespace ledger
