/// @file
/// What can be said of a system and of an actor when they are made.
///
/// Layer: runtime.
#pragma once

#include <cstdint>
#include <string_view>

#include "casty/core/duration.hpp"
#include "casty/core/mailbox.hpp"
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
  /// Takes the lines of the log in place of stderr.
  log_hook log_to = {};
  /// How long the destructor waits for actors to drain and to stop.
  duration shutdown_deadline = duration::seconds(10);
};

/// On whose thread an actor runs.
enum class dispatcher : std::uint8_t {
  as_configured,  ///< as the configuration says, `shared` where it says nothing
  shared,         ///< on a worker, beside others: its handlers do not block
  blocking,       ///< on a thread of its own, with its children: its handlers may block
};

/// Options of an actor. What is left out is as the configuration says.
struct spawn_options {
  casty::mailbox mailbox = {.capacity = mailbox::as_configured};
  casty::dispatcher dispatcher = dispatcher::as_configured;
};

}  // namespace casty
