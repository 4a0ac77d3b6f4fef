/// @file
/// How many messages an actor's mailbox holds, and what happens beyond.
///
/// Layer: core.
#pragma once

#include <cstdint>

namespace casty {

/// What becomes of a message for a mailbox that is full.
enum class overflow : std::uint8_t {
  drop_new,      ///< it becomes a dead letter
  drop_oldest,   ///< the oldest that waits becomes a dead letter
  backpressure,  ///< `tell` throws `errc::mailbox_full`, `try_tell` says false, `send` waits
};

/// The bound of a mailbox. What the runtime itself sends (`terminated`, timers, answers)
/// is never refused and does not count.
struct mailbox {
  /// In the options of an actor: its configuration decides, and without one any number.
  static constexpr std::uint32_t as_configured = UINT32_MAX;

  /// Messages that may wait; 0: any number. The one being handled does not wait.
  std::uint32_t capacity = 0;
  casty::overflow overflow = casty::overflow::drop_new;

  friend bool operator==(const mailbox&, const mailbox&) = default;
};

}  // namespace casty
