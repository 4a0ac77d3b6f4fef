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
#include "casty/persistence/journal.hpp"

#include "ledger/account.hpp"
#include "ledger/failure_note.hpp"
#include "ledger/tally.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

struct bank_options {
  std::uint64_t window = 8192;  ///< so many transactions may be under way at a time; at least 2
  bool keeps_history = true;    ///< see `account_parts`
  /// Of the system, where it takes notes.
  failure_note failure = {};
  /// Is called about once a second in long waits, and may throw.
  std::function<void()> while_waiting = [] {};
};

/// Passes transactions on to their accounts, batch by batch, and holds the reader back when
/// too many are under way.
///
/// @thread  One ordinary thread, which it blocks.
class bank {
 public:
  bank(casty::actor_system& system, casty::journal journal, bank_options options = {});

  /// Batches have growing numbers, from 1. One that was begun before a crash has the number that
  /// it had, and the same transactions.
  void begin_batch(std::uint64_t number) { batch_ = number; }
  /// In the order of the file. Throws when an account has failed; so does `commit`.
  void settle(const transaction& next);
  /// Waits for the outcomes of all that was passed on, and for the journal to have them.
  void commit();

  /// What became of the transactions. To be called after `commit`.
  [[nodiscard]] const outcome_counts& counts() const noexcept { return counts_; }
  /// Of the accounts that were named to this bank, those that a settled transaction named, sorted
  /// by bytes. They point into this. To be called after `commit`.
  [[nodiscard]] std::vector<account_balance> balances();

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using account_ref = casty::actor_ref<Account>;
  struct known_account {
    account_ref ref;
    std::uint64_t batch = 0;  // the last one with transactions for it
  };

  [[nodiscard]] const account_ref& account_of(std::string_view name);
  outcome_counts wait_for(std::uint64_t transactions);
  void check() const;

  casty::actor_system& system_;
  casty::journal journal_;
  bank_options options_;
  std::shared_ptr<std::atomic<bool>> letter_lost_ = std::make_shared<std::atomic<bool>>(false);
  casty::actor_ref<Tally> tally_;
  std::unordered_map<std::string, known_account, hash, std::equal_to<>> accounts_;
  std::vector<account_ref> touched_;  // in this batch
  std::uint64_t batch_ = 0;
  std::uint64_t passed_on_ = 0;
  outcome_counts counts_;
};

}  // namespace ledger
