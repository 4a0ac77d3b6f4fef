#include "runtime/releasing.hpp"

#include <mutex>

namespace casty::detail {

namespace {

// The pass under way, or the last one. Whoever rests goes on with it: one that finds work
// leaves the rest to others, and to later.
struct release_pass {
  brief_lock guard;
  std::uint64_t number = 0;
  bool goes_on = false;
  std::int64_t looked_at = -memory_is_kept_ns;  // when it began
  std::int64_t worked_at = 0;                   // when somebody went on with it last
  release_tally all;
};

constinit release_pass shared;

// Clocks differ: of one that is far behind or ahead nothing was a moment ago.
[[nodiscard]] bool was_a_moment_ago(std::int64_t then, std::int64_t now) noexcept {
  return now - then < memory_is_kept_ns && then - now < memory_is_kept_ns;
}

[[nodiscard]] release_step outcome_of(const release_tally& all) noexcept {
  // What was in use a moment ago may go next time, whatever else cannot.
  if (all.released != 0 || all.in_use) {
    return release_step::again;
  }
  return all.in_vain ? release_step::in_vain : release_step::over;
}

}  // namespace

release_step release_piece(release_turn& mine, std::int64_t now) noexcept {
  mine.has_begun = false;
  const std::unique_lock lock(shared.guard, std::try_to_lock);
  if (!lock.owns_lock()) {
    mine = {};  // somebody else is at it
    return release_step::later;
  }
  // What was idle long ago says nothing.
  shared.goes_on = shared.goes_on && was_a_moment_ago(shared.worked_at, now);
  shared.worked_at = now;
  if (mine.pass != shared.number || !shared.goes_on) {  // it has not begun, or others ended it
    give_own_blocks();
    give_own_cells();
    if (!shared.goes_on) {
      if (was_a_moment_ago(shared.looked_at, now)) {
        mine = {};
        return release_step::later;
      }
      ++shared.number;
      shared.looked_at = now;
      mine.has_begun = true;
      shared.all = {};
      look_at_idle_blocks(shared.all);
      look_at_idle_cells(shared.all);
    }
    mine.pass = shared.number;
  }
  shared.all.handled = 0;
  shared.goes_on = release_idle_blocks(shared.all) || release_idle_cells(shared.all);
  mine.handled = shared.all.handled;
  if (shared.goes_on) {
    return release_step::goes_on;
  }
  mine.pass = 0;
  return outcome_of(shared.all);
}

}  // namespace casty::detail
