// What a worker does that has nothing to do: it looks for work a while, asks others for some,
// gives memory back, and parks.
#include <algorithm>

#include "runtime/atomic_words.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

// How long memory that nobody uses is kept for the next peak.
constexpr std::int64_t memory_is_kept_ns = 1'000'000'000;
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
  for (unsigned spin = 0; spin < spins; ++spin) {
    if (!entry->empty()) {
      return;
    }
    if (spin == spins / 2) {
      ask_for_actors();  // not in a pause between two messages
    }
    relax();
  }
  release_memory();
  entry->asleep.store(1, std::memory_order_seq_cst);
  if (entry->empty()) {
    system.on.scheduler->park(number,
                              duration::nanoseconds(std::min(next_due(), release_at_)));
  }
  entry->asleep.store(0, std::memory_order_seq_cst);
}

// Some time after it was needed, and again until no more of it goes.
void worker::release_memory() noexcept {
  if (now >= release_at_) {
    has_used_memory_ = release_idle_memory();
    release_at_ = INT64_MAX;
  }
  if (release_at_ == INT64_MAX && has_used_memory_) {
    release_at_ = now + memory_is_kept_ns;
  }
}

}  // namespace casty::detail
