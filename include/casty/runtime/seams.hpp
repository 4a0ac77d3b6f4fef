/// @file
/// The seams: through these interfaces, and no other way, an actor system meets time,
/// threads and chance. Production has one set of them, tests another; the code between
/// is the same.
///
/// Layer: runtime. They are crossed per activation, per timer, per wait: never per message.
#pragma once

#include <cstdint>

#include "casty/core/duration.hpp"

namespace casty {

/// Time that only moves forward.
/// @thread  Any.
class clock {
 public:
  virtual ~clock() = default;
  /// Since some fixed moment; never less than it was.
  [[nodiscard]] virtual duration now() const noexcept = 0;
};

/// Where chance comes from: jitter, and the choices of a scheduler that interleaves.
/// @thread  One at a time.
class random {
 public:
  virtual ~random() = default;
  /// Uniform over all 64-bit numbers.
  [[nodiscard]] virtual std::uint64_t next() noexcept = 0;
};

/// The workers of a system, as its scheduler drives them: each runs actors of its own.
class worker_loop {
 public:
  virtual ~worker_loop() = default;
  /// Runs worker number `worker` until the system ends. On a thread of its own.
  virtual void run(unsigned worker) noexcept = 0;
  /// Gives one actor of the worker its turn; false when there was nothing to do.
  virtual bool step(unsigned worker) noexcept = 0;
  /// True once the worker has ended: all its actors have stopped after a shutdown.
  [[nodiscard]] virtual bool ended(unsigned worker) const noexcept = 0;
  /// When the next timer of the worker is due; `duration::max()` without one.
  [[nodiscard]] virtual duration next_due(unsigned worker) const noexcept = 0;
};

/// Where things happen that are no turns of actors: a network.
class event_source {
 public:
  virtual ~event_source() = default;
  /// Does what there is to do, without waiting. False when there was nothing, or another thread
  /// is at it.
  virtual bool look() noexcept = 0;
  /// The same, and waits for it where there is nothing, until `until` or `interrupt`. False at
  /// once when another thread does.
  virtual bool wait(duration until) noexcept = 0;
  /// Ends a `wait`, now or the next one. From any thread.
  virtual void interrupt() noexcept = 0;
};

/// Who runs next, and on what thread.
class scheduler {
 public:
  virtual ~scheduler() = default;

  /// How many workers there are, at least 1. Constant.
  [[nodiscard]] virtual unsigned workers() const noexcept = 0;
  /// Begins to run them, until `stop`.
  virtual void start(worker_loop& loops) = 0;
  /// Runs one more, of this number, on a thread of its own: for actors that block. False
  /// when there is no such thread; then they share the workers. From any thread.
  [[nodiscard]] virtual bool add(unsigned /*worker*/) { return false; }
  /// Waits until all loops have ended; false when one has not by `until`.
  virtual bool stop(duration until) noexcept = 0;

  /// Ends a `park` of the worker, now or its next one. From any thread.
  virtual void wake(unsigned worker) noexcept = 0;
  /// Lets the worker's thread rest until `wake` or `until`. On that thread.
  virtual void park(unsigned worker, duration until) noexcept = 0;
  /// From now on the first worker looks after `from` while it has nothing else to do; null: no
  /// more, and it does not once this returns. A scheduler may leave it to others.
  virtual void attend(event_source* /*from*/) noexcept {}
  /// Looks after it, without waiting. By the first worker, between turns.
  virtual void look() noexcept {}
  /// Whether it waits for something there when it parks. By the first worker.
  [[nodiscard]] virtual bool attends() const noexcept { return false; }

  /// Holds an ordinary thread while the atomic `word` is `value`; false when it still is
  /// at `until`. May return early and true: the caller looks again.
  virtual bool wait(const std::uint32_t& word, std::uint32_t value, duration until) noexcept = 0;
  /// Ends the waits for `word`, which has changed.
  virtual void notify(const std::uint32_t& word) noexcept = 0;

  /// A turn: which of the runnable actors, in the order in which they became so, and how
  /// many of its messages at most.
  struct turn {
    unsigned actor = 0;
    unsigned messages = UINT32_MAX;
  };
  /// True when turns are chosen; else they go round, each with all the messages that its
  /// actor had when it began. Constant.
  [[nodiscard]] virtual bool chooses() const noexcept { return false; }
  /// @param runnable  How many there are, counted up to `choices_max`: a turn costs the same
  ///                  however many wait.
  [[nodiscard]] virtual turn choose(unsigned /*runnable*/) noexcept { return {}; }
  static constexpr unsigned choices_max = 64;
};

/// What a system is built on. Not owned: it outlives the system.
struct seams {
  casty::clock* clock = nullptr;
  casty::scheduler* scheduler = nullptr;
  casty::random* random = nullptr;
};

}  // namespace casty
