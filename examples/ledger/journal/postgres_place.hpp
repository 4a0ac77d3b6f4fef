/// @file
/// Journals in PostgreSQL, where casty was built with it.
#pragma once

#include <string>

#include "ledger/journal/place.hpp"

namespace ledger {

/// As `open_journal`.
[[nodiscard]] casty::journal open_postgres(const std::string& conninfo, bool fresh);
/// As `find_journal`.
[[nodiscard]] casty::journal find_postgres(const std::string& conninfo);

}  // namespace ledger
