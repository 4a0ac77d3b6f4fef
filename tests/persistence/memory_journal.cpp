#include <string>

#include <doctest/doctest.h>

#include "casty/persistence/journal.hpp"
#include "casty/testkit/journal_conformance.hpp"

namespace {

TEST_CASE("persistence/memory_journal: it does what a journal must") {
  const auto journal = casty::in_memory_journal();
  for (const auto& [name, problem] : casty::testkit::check_journal([&] { return journal; })) {
    INFO(name);
    CHECK(problem == "");
  }
}

}  // namespace
