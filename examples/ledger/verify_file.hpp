/// @file
/// The command `ledger verify`.
#pragma once

#include "ledger/options.hpp"
#include "ledger/signals.hpp"

namespace ledger {

/// Compares the journal with a sequential fold of the lines that it has settled.
///
/// @returns  `exit_done` or `exit_not_verified`.
/// @throws   file_error, casty::error; interrupted.
[[nodiscard]] int verify_file(const verify_options& options, signals& stopped);

}  // namespace ledger
