/// @file
/// All accounts as actors, as the reader of the file sees them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/account.hpp"
#include "ledger/tally.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

/// Passes transactions on to their accounts, and holds the reader back when too many are
/// under way.
///
/// @thread  One ordinary thread, which it blocks.
class bank {
 public:
  static constexpr std::uint64_t default_window = 8192;

  /// @param window         So many transactions may be under way at a time; at least 2.
  /// @param while_waiting  Is called about once a second in long waits, and may throw.
  explicit bank(
      casty::actor_system& system, std::uint64_t window = default_window,
      std::function<void()> while_waiting = [] {});

  /// In the order of the file. Throws when an account has failed; so does `finish`.
  void settle(const transaction& next);

  /// Waits for the outcomes of all that was passed on.
  [[nodiscard]] outcome_counts finish();

  /// The accounts that a settled transaction named, sorted by bytes. They point into this.
  /// To be called after `finish`.
  [[nodiscard]] std::vector<account_balance> balances();

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using account_ref = casty::actor_ref<Account>;

  [[nodiscard]] account_ref account_of(std::string_view name);
  outcome_counts wait_for(std::uint64_t transactions);

  casty::actor_system& system_;
  casty::actor_ref<Tally> tally_;
  std::unordered_map<std::string, account_ref, hash, std::equal_to<>> accounts_;
  std::uint64_t half_window_;
  std::function<void()> while_waiting_;
  std::shared_ptr<std::atomic<bool>> letter_lost_ = std::make_shared<std::atomic<bool>>(false);
  std::uint64_t passed_on_ = 0;
};

}  // namespace ledger
