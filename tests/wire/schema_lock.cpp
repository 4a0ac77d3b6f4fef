#include "casty/wire/schema_lock.hpp"

#include <string>

#include <doctest/doctest.h>

#include "support/folder.hpp"
#include "support/locked_types.hpp"

namespace {

TEST_CASE("wire/schema_lock: layouts are those that are checked in, for every compiler") {
  CHECK(casty::wire::schema_lock<locked::Events, locked::Others>() ==
        support::folder::text_of(CASTY_SOURCE_ROOT "/tests/wire/schema.lock"));
}

}  // namespace
