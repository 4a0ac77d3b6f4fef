/// @file
/// The actor that counts outcomes, and so knows how much is still under way.
#pragma once

#include <cstdint>

#include "casty/actor.hpp"

#include "ledger/transaction.hpp"

namespace ledger {

struct Settled {};
struct Refused {};

/// Is answered as soon as so many transactions have an outcome.
struct WhenDone {
  std::uint64_t transactions;
  casty::reply_to<outcome_counts> reply_to;
};

struct Outcomes : casty::protocol<Settled, Refused> {};
struct Tally : casty::protocol<Settled, Refused, WhenDone> {};

/// Serves one asker at a time: a new one takes the place of one who gave up.
[[nodiscard]] casty::behavior<Tally> tally();

}  // namespace ledger
