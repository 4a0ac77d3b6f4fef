// In place of postgres_place.cpp where there is no libpq.
#include "ledger/bytes.hpp"
#include "ledger/journal/postgres_place.hpp"

namespace ledger {

casty::journal open_postgres(const std::string& /*conninfo*/, bool /*fresh*/) {
  throw file_error("this program was built without PostgreSQL");
}

std::string without_passwords(const std::string& /*conninfo*/) { return "..."; }

casty::journal find_postgres(const std::string& conninfo) {
  return open_postgres(conninfo, false);
}

}  // namespace ledger
