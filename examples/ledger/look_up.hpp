/// @file
/// The commands `ledger balance` and `ledger history`.
#pragma once

#include "ledger/options.hpp"
#include "ledger/signals.hpp"

namespace ledger {

/// @returns  `exit_done`, or `exit_unknown_account` when the journal does not know it.
/// @throws   file_error, casty::error; interrupted.
[[nodiscard]] int look_up(const account_options& options, signals& stopped);

}  // namespace ledger
