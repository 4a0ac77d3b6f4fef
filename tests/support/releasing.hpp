/// @file
/// Lets all memory go that nobody uses, as workers do that rest for a while.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/releasing.hpp"

namespace support {

/// The time of a clock that leaps: nothing of another clock, or of before, was a moment ago.
inline std::int64_t after_a_while() {
  static std::atomic<std::int64_t> now{std::int64_t{1} << 60};
  return now += casty::detail::memory_is_kept_ns;
}

/// One pass, in all its pieces; what it has come to.
inline casty::detail::release_step release_once() {
  const std::int64_t now = after_a_while();
  casty::detail::release_turn mine;
  auto done = casty::detail::release_step::goes_on;
  while (done == casty::detail::release_step::goes_on) {
    done = casty::detail::release_piece(mine, now);
  }
  return done;
}

inline void release_all() {
  using casty::detail::release_step;
  release_step done = release_step::again;
  for (int attempt = 0;
       attempt < 10 && (done == release_step::again || done == release_step::later); ++attempt) {
    done = release_once();
  }
}

}  // namespace support
