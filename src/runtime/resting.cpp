// What a worker does that has nothing to do: it looks for work a while, asks others for some,
// gives memory back, and parks.
#include <algorithm>

#include "runtime/atomic_words.hpp"
#include "runtime/engine.hpp"
#include "runtime/releasing.hpp"

namespace casty::detail {

namespace {

// The longest between two looks at memory that none of could go.
constexpr std::int64_t memory_is_kept_ns_max = 60'000'000'000;
// How often an idle worker looks at its inbox before it parks: some 20 µs.
constexpr unsigned spins = 2000;

void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

// Tells drains that there was work and is none left; to answer them is no work.
void worker::announce_idle() noexcept {
  if (system.watching_idle.load(std::memory_order_seq_cst) != 0 && worked_) {
    worked_ = false;
    system.idle.fetch_add(1, std::memory_order_seq_cst);
    system.on.scheduler->notify(word_of(system.idle));
  }
}

void worker::rest() noexcept {
  announce_idle();
  const bool is_releasing = release_turn_.pass != 0;
  for (unsigned spin = 0; spin < spins && !is_releasing; ++spin) {
    if (!entry->empty()) {
      return;
    }
    if (spin == spins / 2) {
      ask_for_actors();  // not in a pause between two messages
    }
    relax();
  }
  if (is_releasing) {
    ask_for_actors();
  }
  if (release_memory()) {
    return;  // to the inbox and the clock, before the next piece
  }
  entry->asleep.store(1, std::memory_order_seq_cst);
  if (entry->empty()) {
    system.on.scheduler->park(number,
                              duration::nanoseconds(std::min(next_due(), release_at_)));
  }
  entry->asleep.store(0, std::memory_order_seq_cst);
}

// Some time after it was needed, a piece of it, and again until no more of it goes. True when
// the next piece is due.
bool worker::release_memory() noexcept {
  if (now >= release_at_) {
    const release_step done = release_piece(release_turn_, now);
    if (release_turn_.has_begun) {
      has_used_memory_ = false;  // what is used from now on counts for the next pass
    }
    if (done == release_step::goes_on) {
      return true;
    }
    if (done == release_step::in_vain) {
      release_wait_ = std::min(release_wait_ * 2, memory_is_kept_ns_max);
    } else if (done != release_step::later) {
      release_wait_ = memory_is_kept_ns;
    }
    has_used_memory_ = has_used_memory_ || done == release_step::again ||
                       done == release_step::later;
    release_at_ = INT64_MAX;
  }
  if (release_at_ == INT64_MAX && has_used_memory_) {
    release_at_ = now + release_wait_;
  }
  return false;
}

}  // namespace casty::detail
