/// @file
/// Runs a test under many interleavings, each from a seed that a failure names.
#pragma once

#include <cstdint>

#include <doctest/doctest.h>

#include "casty/testkit/seeds.hpp"

namespace support {

inline constexpr std::uint64_t seeds_a_test = 100;

/// `testkit::for_each_seed`, which also has doctest name the seed of a check that fails.
template <class State, class Body>
void under_seeds(const Body& body, unsigned workers = 1) {
  casty::testkit::for_each_seed<State>(
      seeds_a_test,
      [&body](casty::testkit::test_system& system, State& state) {
        CAPTURE(system.seed());
        body(system, state);
      },
      workers);
}

}  // namespace support
