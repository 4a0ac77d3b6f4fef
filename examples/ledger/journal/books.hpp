/// @file
/// The accounts of an input, their journal, and the table that is made of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/bank.hpp"
#include "ledger/journal/events.hpp"
#include "ledger/journal/input_log.hpp"
#include "ledger/journal/keep_table.hpp"
#include "ledger/journal/place.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

struct books_options {
  journal_place journal = {};
  std::string table = {};  ///< the path of the table of balances; of a journal that lasts
  bool fresh = false;      ///< see `open_journal`
  unsigned workers = 0;
  std::function<void()> while_waiting = [] {};  ///< see `bank_options`
};

/// @thread  One ordinary thread, which it blocks.
class books {
 public:
  /// @throws  file_error, casty::error; so do all others.
  explicit books(const books_options& options);

  [[nodiscard]] const input_progress& progress() const noexcept { return progress_; }

  /// Notes that the lines up to the mark are the next batch; one that has been begun is begun
  /// again.
  void begin_batch(const input_mark& mark);
  void settle(const transaction& next) { bank_.settle(next); }
  /// Waits until all that was passed on is settled and written.
  void end_batch();

  /// Waits until the table has all of it, and reads it.
  void sum_up();
  [[nodiscard]] const outcome_counts& counts() const noexcept { return counts_; }
  /// They point into this.
  [[nodiscard]] const std::vector<account_balance>& balances() const noexcept {
    return balances_;
  }

 private:
  void start_table(const std::string& path);
  void wait_for_table();
  // Waits for the answer; says why there is none.
  template <class Answer>
  Answer answer_of(casty::future<Answer> asked);

  failure_note failure_;
  std::function<void()> while_waiting_;
  casty::journal journal_;
  std::shared_ptr<account_table> table_;  // null: the accounts are asked
  casty::actor_system system_;
  bank bank_;
  casty::actor_ref<InputLog> log_;
  std::optional<casty::actor_ref<Milestone>> reached_;  // with the table
  input_progress progress_;
  outcome_counts counts_;
  std::vector<account_balance> balances_;
};

}  // namespace ledger
