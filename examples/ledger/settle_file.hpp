/// @file
/// The command `ledger run`.
#pragma once

#include "ledger/options.hpp"
#include "ledger/signals.hpp"

namespace ledger {

/// @returns  `exit_done` or `exit_not_verified`.
/// @throws   file_error; interrupted: then no file was written, and what had been read was
///           settled and summed up.
[[nodiscard]] int settle_file(const run_options& options, signals& stopped);

}  // namespace ledger
