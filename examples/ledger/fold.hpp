/// @file
/// The same file settled without any actor: what `--verify` compares with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/transaction.hpp"

namespace ledger {

/// Takes one transaction after the other, in the order of the file.
class sequential_fold {
 public:
  /// @returns  True when it took effect, false when it was refused.
  bool settle(const transaction& next);

  [[nodiscard]] const outcome_counts& counts() const noexcept { return counts_; }
  /// The accounts that a settled transaction named, sorted by bytes. They point into this.
  [[nodiscard]] std::vector<account_balance> balances() const;

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using cents_by_account = std::unordered_map<std::string, std::int64_t, hash, std::equal_to<>>;

  [[nodiscard]] bool apply(const transaction& next);
  [[nodiscard]] std::int64_t balance_of(std::string_view account) const;
  void set_balance(std::string_view account, std::int64_t cents);

  cents_by_account cents_;
  outcome_counts counts_;
};

}  // namespace ledger
