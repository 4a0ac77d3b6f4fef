/// @file
/// The history of one account.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "casty/actor.hpp"
#include "casty/persistence/journal.hpp"

#include "ledger/journal/events.hpp"

namespace ledger {

struct statement_row {
  std::uint64_t id = 0;
  events::role as = events::role::depositor;
  std::int64_t amount_cents = 0;
  std::string other_account = {};
  bool settled = false;
  std::int64_t balance_cents = 0;  // after it
};

struct GetStatement {
  casty::reply_to<std::vector<statement_row>> reply_to;
};

/// The events of an account once more, made into a list in the order of ids: what it decided
/// itself, and what it received.
[[nodiscard]] casty::behavior<GetStatement> statement(std::string account, casty::journal journal);

/// `id,kind,amount_cents,other_account,outcome,balance_cents`
[[nodiscard]] std::string row_text(const statement_row& row);

}  // namespace ledger
