/// @file
/// Keyed timers: those of an actor, and those of the system.
///
/// Layer: runtime, private.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "casty/runtime/timers.hpp"
#include "runtime/worker.hpp"

namespace casty::detail {

// A message to come. Its actor is the one that owns it, or null: the system's.
struct keyed_timer : alarm {
  keyed_timer(const timer_plan& plan, std::int64_t now);
  keyed_timer(const keyed_timer&) = delete;
  keyed_timer& operator=(const keyed_timer&) = delete;
  ~keyed_timer();

  // What is sent now: a copy, or the message itself.
  [[nodiscard]] envelope* take_message();
  // To the next moment of the grid that is not past.
  void move_on(std::int64_t now) noexcept;

  std::string key;
  std::uint64_t serial = 0;  // what a mailbox holds in its stead
  bool in_mailbox = false;   // and holds now
  target to;
  envelope* message;
  envelope* (*copy)(const envelope* original);
  std::int64_t interval;
};

// Threads: those of the worker.
struct timers_of_actor {
  std::map<std::string, std::unique_ptr<keyed_timer>, std::less<>> by_key;
  std::unordered_map<std::uint64_t, keyed_timer*> by_serial;
  std::unique_ptr<keyed_timer> idle;  // the receive timeout
  std::int64_t last_message = 0;
};

struct timers_of_system {
  std::map<std::string, std::unique_ptr<keyed_timer>, std::less<>> by_key;
};

// What a mailbox holds when a timer has run out.
struct timer_end {
  explicit timer_end(std::uint64_t of) noexcept : serial(of) {}
  std::uint64_t serial;
};

// A timer of the system, on its way to the worker that keeps them.
struct timer_order {
  explicit timer_order(std::unique_ptr<keyed_timer> what) : timer(std::move(what)) {}
  std::unique_ptr<keyed_timer> timer;
};
struct timer_cancel {
  explicit timer_cancel(std::string_view of) : key(of) {}
  std::string key;
};

void obey_timer(worker& here, timer_order& order);
void obey_timer(worker& here, const timer_cancel& order) noexcept;
// The message that a timer has become, in the turn of its actor; null when it is void.
[[nodiscard]] envelope* unfold_timer(cell* actor, const timer_end& end);
// The actor has had a turn.
void note_activity(cell* actor) noexcept;

}  // namespace casty::detail
