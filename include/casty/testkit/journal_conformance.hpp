/// @file
/// What a journal must do, as a list of cases: casty's own and those of users run the same.
///
/// Layer: testkit. May include everything but cluster and ddata.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "casty/persistence/journal.hpp"

namespace casty::testkit {

/// One case; it has passed when there is no problem.
struct conformance_case {
  std::string name;
  std::string problem;
};

/// Runs all cases on a store that is empty at first.
///
/// @param open  Opens the journal of one store; it is called again after all that it gave before
///              has been dropped, and finds what was stored then. One that lives in memory gives
///              the same again.
/// @cost        Some thousands of events.
[[nodiscard]] std::vector<conformance_case> check_journal(const std::function<journal()>& open);

}  // namespace casty::testkit
