/// @file
/// One test under many interleavings, each drawn from a seed.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "casty/testkit/test_system.hpp"

namespace casty::testkit {

namespace detail {

// All of the text, in decimal digits.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

// Of an environment variable, where it is set. Half a number would be another test than was asked
// for, so bad_argument is thrown.
[[nodiscard]] std::optional<std::uint64_t> number_in(const char* variable);

// From 1 to `count`, or only the seed in the environment variable CASTY_SEED.
struct seed_range {
  explicit seed_range(std::uint64_t count);

  std::uint64_t first;
  std::uint64_t last;
  log_level log;
};

struct no_state {};

// Says on stderr how to repeat it. Throws on what is in flight, with the seed in its text.
[[noreturn]] void rethrow_with_seed(std::uint64_t seed);

}  // namespace detail

/// Calls `body` with a new `test_system` and a new `State`, which lives longer than the
/// actors, for each of `count` seeds, or only for that in the environment variable
/// CASTY_SEED. Then runs what is left, and each message sent must be accounted for. The log
/// is off, but warns under a chosen seed.
///
/// (test_system&, State&) -> void
///
/// @param workers  Of each system: with several, actors also move between them.
///
/// @throws  `casty::error` of bad_argument, for a count of 0 or a CASTY_SEED that is no number.
/// @throws  What `body` throws; a `std::exception` as `unexpected`, whose text names the seed
///          and in which it is nested. All else passes as it is, and stderr names the seed.
template <class State, class Body>
  requires std::is_invocable_v<const Body&, test_system&, State&>
void for_each_seed(std::uint64_t count, const Body& body, unsigned workers = 1) {
  const detail::seed_range seeds(count);
  for (std::uint64_t seed = seeds.first;; ++seed) {
    try {
      State state{};
      test_system system(seed, {.name = "test", .workers = workers, .log = seeds.log});
      body(system, state);
      system.run();
      system.expect_balanced();
    } catch (...) {
      detail::rethrow_with_seed(seed);
    }
    if (seed == seeds.last) {
      return;
    }
  }
}

/// The same without a state. What the actors refer to must live longer than the locals of
/// `body`: actors end after it.
///
/// (test_system&) -> void
template <class Body>
  requires std::is_invocable_v<const Body&, test_system&>
void for_each_seed(std::uint64_t count, const Body& body, unsigned workers = 1) {
  for_each_seed<detail::no_state>(
      count, [&body](test_system& system, detail::no_state&) { body(system); }, workers);
}

}  // namespace casty::testkit
