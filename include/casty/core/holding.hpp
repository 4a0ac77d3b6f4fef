/// @file
/// Answers that wait until what they promise holds.
///
/// Layer: core.
#pragma once

#include "casty/core/error.hpp"

namespace casty::detail {

struct cell;

/// While it lives and is `on`, the answers that the actor gives are kept. They leave when they
/// are released; at its end those left fail with `errc::no_reply`.
///
/// @thread  The actor's own.
class answer_hold {
 public:
  explicit answer_hold(cell* actor) : actor_(actor) { on(); }
  answer_hold(const answer_hold&) = delete;
  answer_hold& operator=(const answer_hold&) = delete;
  ~answer_hold() { refuse(errc::no_reply); }

  void on();
  void off() noexcept;
  /// All that were given leave, in their order; from here on they leave at once.
  void release() noexcept;
  /// As `release`, but each becomes this failure.
  void refuse(errc failure) noexcept;

 private:
  cell* actor_;
};

}  // namespace casty::detail
