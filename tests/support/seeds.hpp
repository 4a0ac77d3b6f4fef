/// @file
/// Runs a test under many interleavings, each from a seed that a failure names.
#pragma once

#include <cstdint>
#include <cstdlib>

#include <doctest/doctest.h>

#include "casty/testkit/test_system.hpp"

namespace support {

inline constexpr std::uint64_t seeds_a_test = 100;

/// Calls `body(system, state)` with a new `test_system` and a new `State`, which outlives
/// the actors, for each of 100 seeds, or only for that in the environment variable
/// CASTY_SEED. Afterwards no message may be unaccounted for.
template <class State, class Body>
void under_seeds(const Body& body) {
  const char* one = std::getenv("CASTY_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : seeds_a_test;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    State state{};
    casty::testkit::test_system system(seed,
                                       {.name = "test", .log = casty::log_level::off});
    body(system, state);
    system.run();
    REQUIRE(system.balanced());
  }
}

}  // namespace support
