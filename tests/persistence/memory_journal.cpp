#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/persistence/journal.hpp"
#include "casty/testkit/journal_conformance.hpp"
#include "testkit/asked_journal.hpp"

namespace {

TEST_CASE("persistence/memory_journal: it does what a journal must") {
  const auto journal = casty::in_memory_journal();
  for (const auto& [name, problem] : casty::testkit::check_journal([&] { return journal; })) {
    INFO(name);
    CHECK(problem == "");
  }
}

TEST_CASE("persistence/memory_journal: places stay what they are when others are deleted") {
  casty::testkit::asked_journal journal(casty::in_memory_journal());
  for (std::uint64_t each = 0; each < 50; ++each) {
    for (const char* entity : {"a", "b"}) {
      REQUIRE(!journal.persist(entity, each, {casty::stored_value::of(each)}).failed());
    }
  }
  REQUIRE(!journal.delete_to("a", 50).failed());
  REQUIRE(!journal.delete_to("b", 48).failed());
  REQUIRE(!journal.persist("a", 50, {casty::stored_value::of(std::uint64_t{50})}).failed());
  std::vector<std::uint64_t> positions;
  for (const casty::placed_event& each : journal.read(0, 1000).events) {
    positions.push_back(each.position);
  }
  CHECK(positions == std::vector<std::uint64_t>{98, 100, 101});
  CHECK(journal.read(100, 1000).events.at(0).sequence == 51);
}

}  // namespace
