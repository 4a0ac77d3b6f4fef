/// @file
/// An actor system for tests: one thread, virtual time, and the order of turns drawn from
/// a seed.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "casty/runtime/system.hpp"

namespace casty::testkit {

/// Time that moves when the test says so, or when everything waits for it.
class manual_clock final : public clock {
 public:
  [[nodiscard]] duration now() const noexcept override { return now_; }
  /// Moves on to `to`; never back.
  void set(duration to) noexcept { now_ = to > now_ ? to : now_; }

 private:
  duration now_ = duration::seconds(1);
};

/// Numbers from a seed, the same in every build.
/// @source  Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".
class seeded_random final : public random {
 public:
  explicit seeded_random(std::uint64_t seed) noexcept : state_(seed) {}
  [[nodiscard]] std::uint64_t next() noexcept override;

 private:
  std::uint64_t state_;
};

/// Has workers, but no threads for them: they are stepped, one turn after the other. Each goes to
/// an actor drawn among those that are runnable on a drawn worker, and takes a drawn number of
/// its messages. Who waits, and what passes in that time, is left to others.
class stepped_scheduler : public scheduler {
 public:
  stepped_scheduler(seeded_random& chance, unsigned workers) noexcept
      : chance_(chance), workers_(workers) {}

  [[nodiscard]] unsigned workers() const noexcept override { return workers_; }
  void start(worker_loop& loops) override { loops_ = &loops; }
  void wake(unsigned) noexcept override {}
  void park(unsigned, duration) noexcept override {}
  void notify(const std::uint32_t&) noexcept override {}
  [[nodiscard]] bool chooses() const noexcept override { return true; }
  [[nodiscard]] turn choose(unsigned runnable) noexcept override;

  /// Gives one turn; false when there is nothing to do at this time.
  bool step() noexcept;
  /// When the next timer is due; `duration::max()` without one.
  [[nodiscard]] duration next_due() const noexcept;
  [[nodiscard]] bool all_ended() const noexcept;

 private:
  seeded_random& chance_;
  unsigned workers_;
  worker_loop* loops_ = nullptr;
};

/// Runs its workers on the thread that waits, and lets time pass when they have nothing to do.
class seeded_scheduler final : public stepped_scheduler {
 public:
  seeded_scheduler(manual_clock& time, seeded_random& chance, unsigned workers = 1) noexcept
      : stepped_scheduler(chance, workers), time_(time) {}

  bool stop(duration until) noexcept override;
  bool wait(const std::uint32_t& word, std::uint32_t value, duration until) noexcept override;

 private:
  manual_clock& time_;
};

namespace detail {

class effect_recorder;

// What is wrong with the sum of `all`; empty when it is right.
[[nodiscard]] std::string imbalance_of(const actor_system::message_counts& all);

// Made before the system, and gone after it.
struct seeded_seams {
  seeded_seams(std::uint64_t seed, unsigned workers) noexcept
      : chance(seed), order(time, chance, workers) {}

  manual_clock time;
  seeded_random chance;
  seeded_scheduler order;
};

}  // namespace detail

/// An `actor_system` that does the same each time for the same seed.
///
/// Nothing runs but while the test waits: in `get`, `wait`, `drain`, `run`, `advance` or
/// the destructor. When nothing can run in a wait, time leaps to the next timer. The log
/// is silent below warnings unless said otherwise.
///
/// All of that with one worker, or with `.workers` of the options: actors are then spread over
/// them and move from one to another, as in production, but when a seed says so.
///
/// @thread  One.
class test_system : private detail::seeded_seams, public actor_system {
 public:
  explicit test_system(std::uint64_t seed = 1, const system_options& options = quiet());

  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  [[nodiscard]] duration now() const noexcept { return time.now(); }

  /// Runs until nothing is left to do at this time.
  void run() noexcept;
  /// Lets `span` pass, timer by timer, and runs what each wakes.
  void advance(duration span) noexcept;

  /// Runs until `done()` holds, and lets time pass where nothing else can be done; false, and
  /// all of `within` has passed, when it still does not hold then.
  ///
  /// @throws  `casty::error` of would_block within an actor.
  template <class Predicate>
  bool run_until(Predicate done, duration within) {
    return run_while(
        [](void* with) -> bool { return !(*static_cast<Predicate*>(with))(); }, &done, within);
  }

  /// A hash over which actor took which message, in order, since the start: equal for
  /// equal runs, whatever the build.
  [[nodiscard]] std::uint64_t trace_hash() const noexcept;

  /// True when every message sent was handled, is a dead letter, or waits.
  [[nodiscard]] bool balanced() const noexcept;
  /// @throws  `unexpected`, with the counts, unless `balanced()`.
  void expect_balanced() const;

  /// The paths of the actors that live now, parents before children. Probes are left out.
  [[nodiscard]] std::vector<std::string> living_actors() const;
  /// Runs until nothing is left to do at this time; then no actor may live but probes.
  ///
  /// @throws  `unexpected`, with the paths of those that do.
  void expect_no_actors();

  /// Throws `unexpected` with this text, the seed and the time.
  [[noreturn]] void fail(std::string_view text) const;

  [[nodiscard]] static system_options quiet() noexcept {
    return {.name = "test", .log = log_level::warning};
  }

  // For the kit: an actor that is part of the test, not of what is tested.
  void set_aside(const any_ref& actor) { aside_.push_back(actor); }

 private:
  friend class detail::effect_recorder;

  // Runs until nothing is left to do at this time; false when that takes too many turns.
  bool come_to_rest() noexcept;
  bool run_while(bool (*goes_on)(void*), void* with, duration within);

  std::uint64_t seed_;
  duration start_;
  std::vector<any_ref> aside_;
};

}  // namespace casty::testkit
