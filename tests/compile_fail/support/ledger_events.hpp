/// @file
/// What the programs that must not compile persist.
#pragma once

#include <cstdint>
#include <functional>

#include "casty/persistence.hpp"

namespace behaviors = casty::behaviors;

struct Deposited {
  std::int64_t cents = 0;
};
struct Withdrawn {
  std::int64_t cents = 0;
};
struct Deposit {
  std::int64_t cents = 0;
};
