#include "casty/persistence/sqlite_journal.hpp"

#include <memory>

#include "persistence/grouped_journal.hpp"
#include "persistence/sqlite/store.hpp"

namespace casty {

journal sqlite_journal(const std::string& path, const sqlite_options& options) {
  if (path.empty()) {
    throw error(errc::bad_argument, "a journal needs a path");
  }
  return sqlite::open_journal(path, options, nullptr);
}

journal sqlite::open_journal(const std::string& path, const sqlite_options& options,
                             const char* vfs) {
  return journal(std::make_shared<detail::grouped_journal<sqlite::store>>(options.group_max, path,
                                                                          options, vfs));
}

}  // namespace casty
