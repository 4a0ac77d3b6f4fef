/// @file
/// The end of what is not handled: said aloud, and told to whoever waits for an answer.
///
/// Layer: runtime, private.
#pragma once

#include "casty/runtime/events.hpp"
#include "runtime/cell.hpp"

namespace casty::detail {

/// Publishes a dead letter and destroys the message. `system` is null when it is gone.
void bury(engine* system, envelope* sealed, dead_letter_reason reason) noexcept;

/// What an ask ends with when the last copy of its `reply_to` goes, here and now.
[[nodiscard]] errc verdict_of_drop() noexcept;
// The event of a message that was not handled. When nobody handles that in turn, it is
// counted, but makes no further event.
[[nodiscard]] bool tells_of_loss(const envelope* sealed) noexcept;

}  // namespace casty::detail
