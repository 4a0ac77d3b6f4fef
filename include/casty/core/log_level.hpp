/// @file
/// How much is logged.
///
/// Layer: core.
#pragma once

#include <cstdint>

namespace casty {

enum class log_level : std::uint8_t {
  trace,
  debug,
  info,
  warning,
  error,
  off,
  as_configured,  ///< of a system: as its configuration says
};

}  // namespace casty
