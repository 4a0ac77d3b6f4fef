/// @file
/// All events of a journal, looked through: each transaction once, each transfer on both sides.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "casty/actor.hpp"
#include "casty/persistence.hpp"

#include "ledger/journal/events.hpp"
#include "ledger/journal/keep_table.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

/// What the events of the batches that are done come to.
///
/// @thread  One at a time.
class audit {
 public:
  void add(const casty::event_place& place, const events::Settled& event);
  void add(const casty::event_place& place, const events::Refused& event);
  void add(const events::BatchDone& event);

  [[nodiscard]] std::uint64_t batches() const noexcept { return batches_; }
  [[nodiscard]] const outcome_counts& counts() const noexcept { return counts_; }
  /// Those that a settled transaction named, sorted by bytes. They point into this.
  [[nodiscard]] std::vector<account_balance> balances() const;
  /// For the user; empty when nothing is wrong with the journal.
  [[nodiscard]] const std::string& flaw() const noexcept { return flaw_; }

 private:
  struct known_account {
    std::uint64_t sequence = 0;
    std::uint64_t last_id = 0;
    std::int64_t cents = 0;
    bool in_use = false;
  };
  known_account& take(const casty::event_place& place, std::uint64_t id);
  void find_flaw(std::string text);

  std::map<std::string, known_account, std::less<>> accounts_;
  std::vector<std::uint64_t> ids_;              // decided in the batch under way
  std::map<std::uint64_t, std::int64_t> open_;  // transfers in it: what left and has not arrived
  outcome_counts counted_;                      // in it
  outcome_counts counts_;      // of the batches before
  std::uint64_t last_id_ = 0;  // in them
  std::uint64_t batches_ = 0;
  std::string flaw_;
};

/// Goes through all events of a journal. Blocks no one.
[[nodiscard]] casty::behavior<casty::projection_step> go_through(
    casty::journal journal, std::shared_ptr<audit> result, std::uint64_t batches,
    casty::actor_ref<Milestone> reached);

}  // namespace ledger
