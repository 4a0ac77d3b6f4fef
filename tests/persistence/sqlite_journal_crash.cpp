#include "casty/persistence/sqlite_journal.hpp"

#include <doctest/doctest.h>

#include "support/folder.hpp"
#include "support/killed_counter.hpp"

namespace {

TEST_CASE("persistence/sqlite_journal: killed at any moment, it has kept what was answered") {
  const support::folder folder;
  support::kill_again_and_again(
      [&] { return casty::sqlite_journal(folder.file("journal.sqlite")); });
}

}  // namespace
