/// @file
/// Journals in PostgreSQL, where casty was built with it.
#pragma once

#include <string>

#include "ledger/journal/place.hpp"

namespace ledger {

/// As `open_journal`.
[[nodiscard]] casty::journal open_postgres(const std::string& conninfo, bool fresh);
/// What libpq connects to, with nothing in it that is secret.
[[nodiscard]] std::string without_passwords(const std::string& conninfo);

/// As `find_journal`.
[[nodiscard]] casty::journal find_postgres(const std::string& conninfo);

}  // namespace ledger
