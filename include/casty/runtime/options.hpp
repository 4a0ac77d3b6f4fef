/// @file
/// What can be said of a system and of an actor when they are made.
///
/// Layer: runtime.
#pragma once

#include <string_view>

#include "casty/core/duration.hpp"
#include "casty/runtime/log.hpp"

namespace casty {

/// Options of an actor system.
struct system_options {
  /// Names it in logs. Letters, digits, `-`, `_`, `.`; not empty.
  std::string_view name = "casty";
  /// Threads that run actors; 0 for as many as there are cores.
  unsigned workers = 0;
  /// What is logged at least.
  log_level log = log_level::info;
  /// How long the destructor waits for actors to drain and to stop.
  duration shutdown_deadline = duration::seconds(10);
};

}  // namespace casty
