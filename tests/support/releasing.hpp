/// @file
/// Lets all memory go that nobody uses, as workers do that rest for a while.
#pragma once

#include "runtime/releasing.hpp"

namespace support {

/// One pass, in all its pieces; what it has come to.
inline casty::detail::release_step release_once() {
  casty::detail::release_turn mine;
  auto done = casty::detail::release_step::goes_on;
  while (done == casty::detail::release_step::goes_on) {
    done = casty::detail::release_piece(mine);
  }
  return done;
}

inline void release_all() {
  for (int attempt = 0; attempt < 10 && release_once() == casty::detail::release_step::again;
       ++attempt) {
  }
}

}  // namespace support
