#include "ledger/journal/events.hpp"

#include <doctest/doctest.h>

#include "casty/wire/schema_lock.hpp"
#include "support/folder.hpp"

namespace {

// Journals of users have these layouts. A change needs a new version, and a function from the old
// one; see docs/persistence.md.
TEST_CASE("ledger/journal/events: their layouts are those that are checked in") {
  CHECK(casty::wire::schema_lock<ledger::AccountEvents, ledger::InputEvents>() ==
        support::folder::text_of(CASTY_SOURCE_ROOT "/tests/ledger/journal/schema.lock"));
}

}  // namespace
