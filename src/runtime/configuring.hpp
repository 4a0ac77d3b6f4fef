/// @file
/// Code before file before default: what a system and an actor come to.
///
/// Layer: runtime, private.
#pragma once

#include <string>
#include <string_view>

#include "casty/core/behavior.hpp"
#include "casty/runtime/options.hpp"

namespace casty::detail {

struct engine;

struct settled_system {
  std::string name;
  unsigned workers;
  log_level log;
  duration shutdown_deadline;
};

[[nodiscard]] settled_system settle(const system_options& asked);

// What `asked` leaves open, filled in by the file that the system has; and `first` supervised,
// when the file says so and the code does not.
[[nodiscard]] spawn_options configure(engine& system, behavior_base& first, std::string_view name,
                                      const spawn_options& asked);

}  // namespace casty::detail
