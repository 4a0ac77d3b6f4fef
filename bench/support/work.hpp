/// @file
/// Work that takes its time and cannot be left out.
#pragma once

#include <cmath>
#include <random>

namespace bench {

/// Does `units` of work, some tens of nanoseconds each; the result depends on all of them.
[[nodiscard]] inline double work(int units, std::minstd_rand& random) {
  double result = 0;
  for (int each = 0; each < units; ++each) {
    result += std::log(static_cast<double>(random() % 1'000 + 1));
  }
  return result;
}

}  // namespace bench
