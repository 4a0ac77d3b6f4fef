/// @file
/// The inside of an actor system: its workers, names, counters and seams.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "casty/runtime/options.hpp"
#include "casty/runtime/seams.hpp"
#include "casty/runtime/system.hpp"
#include "runtime/configuring.hpp"
#include "runtime/event_table.hpp"
#include "runtime/log_sink.hpp"
#include "runtime/names.hpp"
#include "runtime/worker.hpp"

namespace casty::detail {

/// Seams that a system owns, when it was given none.
struct production_seams;
struct effect_sink;
class signal_wait;

struct engine final : worker_loop {
  engine(const system_options& options, const seams& given);
  engine(const system_options& options, const seams& given, const settled_system& settled);
  ~engine() override;

  void run(unsigned worker) noexcept override;
  bool step(unsigned worker) noexcept override;
  [[nodiscard]] bool ended(unsigned worker) const noexcept override;
  [[nodiscard]] duration next_due(unsigned worker) const noexcept override;

  [[nodiscard]] duration now() const noexcept { return on.clock->now(); }
  /// Hands `sealed` to the worker behind `to`, from any other thread.
  static void send_to(port& to, envelope* sealed) noexcept;
  /// The two halves of it: false when the inbox is closed; then whoever is to hear of it does.
  [[nodiscard]] static bool push_to(port& to, envelope* sealed) noexcept {
    worker* here = worker::current();
    if (here != nullptr && &here->system == __atomic_load_n(&to.system, __ATOMIC_ACQUIRE)) {
      ++here->away.sent_away;
      sealed->flags &= envelope::has_room;
    } else {
      sealed->flags |= envelope::from_outside;
    }
    return to.push(sealed);
  }
  static void end_send(port& to, envelope* sealed, bool is_taken) noexcept;
  /// What was left for a worker that has ended.
  static void undeliverable(worker& last, envelope* sealed) noexcept;
  /// The worker on which the next actor without a parent goes.
  [[nodiscard]] worker& next_worker() noexcept;
  /// Calls `use` with a worker whose thread is for one blocking actor and its children, and
  /// lets no shutdown pass in between; false when there is none to have.
  template <class Use>
  bool on_own_thread(const Use& use) {
    const std::lock_guard lock(own_guard);
    worker* free = terminated.load(std::memory_order_acquire) ? nullptr : free_own_thread();
    if (free == nullptr) {
      return false;
    }
    try {
      use(*free);
    } catch (...) {
      idle_own_workers.push_back(free);
      throw;
    }
    return true;
  }
  /// Its actor has ended; the next may have it.
  void give_back_thread(worker& own) noexcept;
  [[nodiscard]] std::vector<worker*> all_workers() const;

  [[nodiscard]] actor_system::message_counts totals() const noexcept;
  bool drain(duration deadline);
  bool terminate(duration deadline);
  bool run_until_signal();

  // What actors see of it. The user's own may go while a thread is still left behind.
  alignas(actor_system*) unsigned char facade[sizeof(void*)];
  const std::string name;
  const shared_configuration config;
  seams on;
  std::shared_ptr<production_seams> owned;
  duration shutdown_deadline;
  name_table names;
  event_table events;
  log_sink log;
  std::vector<std::unique_ptr<worker>> workers;
  // Those of blocking actors, and which of them have none now.
  mutable std::mutex own_guard;
  std::vector<std::unique_ptr<worker>> own_workers;
  std::vector<worker*> idle_own_workers;
  effect_sink* effects = nullptr;  // of the actors under test
  std::recursive_mutex terminate_guard;
  std::mutex signal_guard;
  std::vector<signal_wait*> signal_waits;
  std::mutex receptionist_guard;
  target receptionist;  // spawned when first needed: see receptionist.cpp
  std::atomic<std::uint64_t> next_number{1};
  std::atomic<std::uint32_t> next_on{0};
  std::atomic<std::uint32_t> idle{0};      // changes whenever a worker runs out of work
  std::atomic<std::uint32_t> watching_idle{0};
  alignas(64) std::atomic<std::uint32_t> hungry{0};  // workers that would take actors over
  std::atomic<bool> terminating{false};
  std::atomic<bool> terminated{false};   // nothing is spawned any more
  std::atomic<bool> told_uncopyable{false};  // that no configuration can supervise some actors
  std::atomic<bool> left_behind{false};  // a thread still runs an actor, and uses all this
  // As a process that was killed: its actors end without a word of theirs.
  bool is_killed = false;
  // Of a deterministic run: a hash over each step taken, in order.
  std::uint64_t trace = 0;

 private:
  bool quiet(duration until);
  void interrupt_signal_waits();
  [[nodiscard]] worker* free_own_thread();
  [[nodiscard]] worker& worker_at(unsigned number) const noexcept;
};

[[nodiscard]] effect_sink* find_sink(const engine& system, const target& actor) noexcept;
/// Who is told what `actor` does; null for all but those under test.
[[nodiscard]] inline effect_sink* sink_of(const engine& system, const target& actor) noexcept {
  return system.effects == nullptr ? nullptr : find_sink(system, actor);
}

/// Null when the system is gone.
[[nodiscard]] inline engine* system_of(const port& home) noexcept {
  return __atomic_load_n(&home.system, __ATOMIC_SEQ_CST);
}

}  // namespace casty::detail
