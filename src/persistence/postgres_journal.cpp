#include "casty/persistence/postgres_journal.hpp"

#include <memory>

#include "persistence/grouped_journal.hpp"
#include "persistence/postgres/store.hpp"

namespace casty {

journal postgres_journal(const std::string& conninfo, const postgres_options& options) {
  if (options.patience <= duration()) {
    throw error(errc::bad_argument, "a journal needs some patience with its server");
  }
  return journal(std::make_shared<detail::grouped_journal<postgres::store>>(options.group_max,
                                                                            conninfo, options));
}

}  // namespace casty
