/// @file
/// What can be said of a system and of an actor when they are made.
///
/// Layer: runtime.
#pragma once

#include <string_view>

#include "casty/config/shared_configuration.hpp"
#include "casty/core/dispatcher.hpp"
#include "casty/core/duration.hpp"
#include "casty/core/mailbox.hpp"
#include "casty/runtime/log.hpp"

namespace casty {

/// Options of an actor system. What is left out is as the configuration says; where that
/// says nothing, as is said here.
struct system_options {
  /// Names it in logs. Letters, digits, `-`, `_`, `.`. Left out: "casty".
  std::string_view name = {};
  /// Threads that run actors. 0: as many as there are cores.
  unsigned workers = 0;
  /// What is logged at least. Left out: `log_level::info`.
  log_level log = log_level::as_configured;
  /// Takes the lines of the log in place of stderr.
  log_hook log_to = {};
  /// How long the destructor waits for actors to drain and to stop. Negative: 10 s.
  duration shutdown_deadline = duration::seconds(-1);
  /// Of the system and its actors, children too: `.config = casty::load_config()`.
  shared_configuration config = {};
};

/// Options of an actor. What is left out is as the configuration says.
struct spawn_options {
  casty::mailbox mailbox = {.capacity = mailbox::as_configured};
  casty::dispatcher dispatcher = dispatcher::as_configured;
};

}  // namespace casty
