// What a worker does that has nothing to do: it looks for work a while, asks others for some,
// gives memory back, and parks.
#include <algorithm>
#include <utility>

#include "runtime/atomic_words.hpp"
#include "runtime/engine.hpp"
#include "runtime/releasing.hpp"

namespace casty::detail {

namespace {

// The longest between two looks at memory that none of could go.
constexpr std::int64_t memory_is_kept_ns_max = 60'000'000'000;
// How often an idle worker looks at its inbox before it parks: some 20 µs.
constexpr unsigned spins = 2000;
// A worker that does not rest looks outside so often.
constexpr std::int64_t look_outside_every_ns = 20'000;

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
  // Who waits for other processes lets them have the core.
  const bool waits = number == 0 && system.on.scheduler->attends();
  const bool is_releasing = release_turn_.pass != 0;
  for (unsigned spin = 0; spin < spins && !is_releasing && !waits; ++spin) {
    if (!entry->empty()) {
      return;
    }
    if (spin == spins / 2) {
      ask_for_actors();  // not in a pause between two messages
    }
    relax();
  }
  if (is_releasing || waits) {
    ask_for_actors();
  }
  if (release_memory()) {
    return;  // to the inbox and the clock, before the next piece
  }
  entry->asleep.store(1, std::memory_order_seq_cst);
  if (entry->empty()) {
    const std::int64_t until = std::min(next_due(), release_at_);
    set_outside(true);
    system.on.scheduler->park(number, duration::nanoseconds(until));
    set_outside(false);
    look_outside_at_ = 0;  // it has just done so
  }
  entry->asleep.store(0, std::memory_order_seq_cst);
}

// Looking is not the actors' time, and they have as much before the next look.
void worker::look_outside() noexcept {
  if (number != 0 || now < look_outside_at_) {
    return;
  }
  std::int64_t pause = look_outside_every_ns;
  if (look_outside_at_ != 0 && system.on.scheduler->attends()) {
    set_outside(true);
    system.on.scheduler->look();
    set_outside(false);
    const std::int64_t began = std::exchange(now, system.now().count());
    pause = std::max(pause, now - began);
  }
  look_outside_at_ = now + pause;
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
