/// @file
/// The projection that keeps the table of accounts up with its journal.
#pragma once

#include <cstdint>
#include <memory>

#include "casty/actor.hpp"
#include "casty/persistence.hpp"

#include "ledger/journal/account_table.hpp"

namespace ledger {

/// So many batches of the journal are in the table.
struct Reached {
  std::uint64_t batches;
};
/// Is answered as soon as so many are.
struct WhenReached {
  std::uint64_t batches;
  casty::reply_to<bool> reply_to;
};

struct Milestone : casty::protocol<Reached, WhenReached> {};

/// Serves one asker at a time: a new one takes the place of one who gave up.
[[nodiscard]] casty::behavior<Milestone> milestone();

/// Blocks: for a thread of its own. The table is this actor's but for reading.
[[nodiscard]] casty::behavior<casty::projection_step> keep_table(
    casty::journal journal, std::shared_ptr<account_table> table,
    casty::actor_ref<Milestone> reached);

}  // namespace ledger
