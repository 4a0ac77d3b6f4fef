/// @file
/// What a handler may answer instead of a next behavior.
///
/// Layer: core.
#pragma once

#include <cstdint>

namespace casty {

/// What becomes of an actor after a message, when it is not a new behavior. One type
/// for all, so that a lambda may return one or the other without a `->`.
enum class outcome : std::uint8_t {
  same,       ///< keeps its behavior
  stopped,    ///< stops, in order
  unhandled,  ///< keeps its behavior; the message is published as unhandled
  restart,    ///< starts again from its first behavior
};

namespace behaviors {

/// Keep the behavior.
inline constexpr outcome same = outcome::same;
/// Stop the actor once the handler has returned.
inline constexpr outcome stopped = outcome::stopped;
/// Say that the message was not handled: an `unhandled_message` event, a dead letter.
inline constexpr outcome unhandled = outcome::unhandled;
/// Start the actor again: its `behaviors::setup` runs anew, the mailbox is kept.
inline constexpr outcome restart = outcome::restart;

}  // namespace behaviors

}  // namespace casty
