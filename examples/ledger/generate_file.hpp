/// @file
/// The command `ledger generate`.
#pragma once

#include "ledger/options.hpp"
#include "ledger/signals.hpp"

namespace ledger {

/// @throws  file_error; interrupted: then the file is not there, or as it was.
void generate_file(const generate_options& options, signals& stopped);

}  // namespace ledger
