/// @file
/// Memory that nobody uses goes back to the operating system: in passes, piece by piece.
///
/// Layer: runtime, private.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "runtime/depot.hpp"

namespace casty::detail {

// How long memory that nobody uses is kept for the next peak, to begin with; and the least
// between two looks at what nobody has used since the one before.
inline constexpr std::int64_t memory_is_kept_ns = 1'000'000'000;
// Of each depot so many bytes are kept, for the next peak.
inline constexpr std::size_t reserve_bytes = 1024 * 1024;
// After so many things a piece ends: when they lie in disorder, that is 0.2 ms.
inline constexpr unsigned release_piece_end = 1024;
// With those of the group that comes last.
inline constexpr unsigned release_piece_max = 4096;

// What a pass has come to.
struct release_tally {
  unsigned handled = 0;      // things, in this piece
  std::size_t released = 0;  // in the whole pass
  bool in_use = false;       // more than the reserve, but needed a moment ago
  bool in_vain = false;      // things were looked at
};

// What a pass does with one depot of things of this size. One thread at a time.
template <class Traits>
class surplus {
 public:
  // Begins: what has lain there since this was called last is to go, but for a reserve.
  void look(depot<Traits>& shared, std::size_t thing_bytes, release_tally& all) noexcept {
    reserve_ = reserve_bytes / thing_bytes;
    left_ = beyond_reserve(shared.take_least());
    all.in_use = all.in_use || (left_ == 0 && shared.held() > reserve_);
    all.in_vain = all.in_vain || left_ != 0;
  }
  // Goes on; false when it is done with this depot, true when the piece is full.
  [[nodiscard]] bool go_on(depot<Traits>& shared, release_tally& all) noexcept {
    static_assert(release_piece_end + Traits::group_max <= release_piece_max);
    while (is_left(shared, all)) {
      if (all.handled >= release_piece_end) {
        return true;
      }
      std::size_t released = 0;
      unsigned handled = shared.release_whole(released);
      if (handled == 0) {
        handled = shared.sort(batch_size);
      }
      all.handled += handled;
      all.released += released;
      // When all is sorted, no more can go.
      left_ = handled == 0 ? 0 : left_ - std::min(left_, released);
    }
    return false;
  }

 private:
  [[nodiscard]] std::size_t beyond_reserve(std::size_t things) const noexcept {
    return things > reserve_ ? things - reserve_ : 0;
  }
  // What others have needed since the pass began is not idle any more.
  [[nodiscard]] bool is_left(const depot<Traits>& shared, release_tally& all) noexcept {
    const std::size_t idle = beyond_reserve(shared.least());
    if (idle < left_) {
      left_ = idle;
      all.in_use = true;
    }
    return left_ != 0;
  }

  std::size_t reserve_ = 0;  // so many things
  std::size_t left_ = 0;     // to go
};

enum class release_step : std::uint8_t {
  goes_on,  // another piece is due
  again,    // another pass, after a while, may release more
  later,    // others are at it, or were a moment ago
  in_vain,  // there is much that nobody uses, but none of it could go
  over,     // there is no more than is kept
};

// What a thread has to do with the passes.
struct release_turn {
  std::uint64_t pass = 0;  // that it is in; 0: none
  unsigned handled = 0;    // things, in its last piece
  bool has_begun = false;  // the pass, with that piece: it counts all that was used before
};

/// One piece of a pass that all share: what this thread keeps for itself goes to the depots;
/// what has lain in them since the pass before goes back to the operating system, but for a
/// reserve. Begins a pass when none is under way, and the last did not begin a moment ago.
[[nodiscard]] release_step release_piece(release_turn& mine, std::int64_t now) noexcept;

// The parts of it. One thread at a time.
void give_own_blocks() noexcept;
void give_own_cells() noexcept;
void look_at_idle_blocks(release_tally& all) noexcept;
void look_at_idle_cells(release_tally& all) noexcept;
[[nodiscard]] bool release_idle_blocks(release_tally& all) noexcept;
[[nodiscard]] bool release_idle_cells(release_tally& all) noexcept;

}  // namespace casty::detail
