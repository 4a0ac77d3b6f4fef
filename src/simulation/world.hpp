/// @file
/// Time and chance, and what is under way: one thread, in which everything that happens is drawn
/// from a seed.
///
/// Layer: simulation, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "casty/core/duration.hpp"
#include "casty/testkit/test_system.hpp"

namespace casty::simulation {

/// What runs beside others: the process of a node. Its turns take time of its own.
class process {
 public:
  process() = default;
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  virtual ~process() = default;
  /// Gives one turn; false when there is nothing to do now.
  virtual bool turn() noexcept = 0;
  /// When there is something to do again, in the time of the world.
  [[nodiscard]] virtual duration next_due() const noexcept = 0;
};

/// Where a process stands among all; numbers begin at 1.
using process_number = std::uint32_t;
inline constexpr process_number nobody = 0;

/// @thread  One.
class world {
 public:
  explicit world(std::uint64_t seed) noexcept : chance_(seed) {}
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] duration now() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t chance() noexcept { return chance_.next(); }
  /// Uniform below `bound`, which is not 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return chance_.next() % bound; }
  [[nodiscard]] duration below(duration bound) noexcept {
    return duration::nanoseconds(
        static_cast<std::int64_t>(below(static_cast<std::uint64_t>(bound.count()))));
  }

  /// Has something happen: at once for `nobody`, else in the process of that number, and not while
  /// it is paused.
  void at(duration when, std::function<void()> then, process_number in = nobody);
  /// After 0 to 2 ms.
  void soon(std::function<void()> then, process_number in = nobody) {
    at(now_ + below(duration::milliseconds(2)), std::move(then), in);
  }

  [[nodiscard]] process_number add(process& runs);
  /// It has no more turns, and nothing happens in it.
  void remove(process_number which);
  /// There may be something to do for it.
  void wake(process_number which);
  void pause(process_number which);
  void resume(process_number which);
  [[nodiscard]] bool is_paused(process_number which) const noexcept {
    return which != nobody && places_[which - 1].is_paused;
  }
  /// How much longer its turns take than they should.
  void slow_down(process_number which, std::uint32_t times) { at_(which).slowness = times; }

  /// What was to happen does not.
  void drop_events() { events_.clear(); }

  /// The next thing that happens, unless that is after `until`: then it is `until`, and false.
  /// While a check looks nothing happens, no time passes, and it fails.
  bool step(duration until);
  void run_for(duration span) {
    for (const duration end = now_ + span; step(end);) {
    }
  }

  /// Called after each step, until one has failed.
  void after_each_step(std::function<void()> look) { after_each_ = std::move(look); }
  /// Whether what it is named after holds.
  [[nodiscard]] bool look_at(const std::string& name, const std::function<bool()>& holds);

  /// The first reason is kept, and its time. Things go on happening: who waits for one of them, in
  /// a loop of its own, hears nothing of the failure.
  void fail(const std::string& why, std::exception_ptr thrown = {});
  /// Called at the first one.
  void when_failed(std::function<void()> say) { when_failed_ = std::move(say); }
  [[nodiscard]] bool has_failed() const noexcept { return !failure_.empty(); }
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  [[nodiscard]] duration failed_at() const noexcept { return failed_at_; }
  /// What was thrown, if it is for the caller as it is.
  [[nodiscard]] const std::exception_ptr& thrown() const noexcept { return thrown_; }

  /// Of everything that has happened, in order; equal for equal runs.
  [[nodiscard]] std::uint64_t trace() const noexcept { return trace_; }
  void trace(std::uint64_t what) noexcept { trace_ = (trace_ ^ what) * 0x100000001B3U; }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

 private:
  struct event {
    duration when;
    std::uint64_t number;  // of two at one time the earlier made is the first
    process_number in;
    std::function<void()> then;

    [[nodiscard]] friend bool operator<(const event& left, const event& right) noexcept {
      return std::pair(right.when, right.number) < std::pair(left.when, left.number);
    }
  };
  struct place {
    process* runs = nullptr;
    duration next = {};  // in `turns_`, while it is neither paused nor gone
    duration ready = {};  // its turn before lasts until then
    std::uint32_t slowness = 1;
    bool is_paused = false;
    std::deque<std::function<void()>> missed = {};
  };

  [[nodiscard]] place& at_(process_number which) { return places_[which - 1]; }
  void schedule(process_number which, duration when);
  void unschedule(process_number which);
  void happen();
  void take_turn();

  testkit::seeded_random chance_;
  duration now_ = duration::seconds(1);
  std::vector<event> events_;  // a heap
  std::uint64_t last_number_ = 0;
  std::deque<place> places_;
  std::set<std::pair<duration, process_number>> turns_;
  std::uint64_t trace_ = 0xCBF29CE484222325U;
  std::uint64_t steps_ = 0;
  std::function<void()> after_each_;
  const std::string* looks_at_ = nullptr;  // the name of a check
  std::function<void()> when_failed_;
  std::string failure_;
  duration failed_at_ = {};
  std::exception_ptr thrown_;
};

}  // namespace casty::simulation
