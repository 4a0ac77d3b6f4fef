/// @file
/// A worker: the actors that live on one thread, and their turns.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>

#include "casty/runtime/events.hpp"
#include "casty/runtime/seams.hpp"
#include "runtime/cell.hpp"
#include "runtime/pool.hpp"
#include "runtime/releasing.hpp"
#include "runtime/timer_wheel.hpp"

namespace casty::detail {

struct engine;
struct group_fate;
struct timers_of_system;
struct worker;

// What the runtime says to itself. The tag of an envelope of kind `control`.
enum class order : std::uint16_t {
  adopt,        // an actor spawned by another thread begins its life here
  stop,         // an actor is to stop
  child_failed,  // a child on another worker has escalated its failure
  group_failed,  // a child on another worker has a group whose fate it decides
  share_fate,    // of its group, of which an actor may be
  child_ended,   // a child on a thread of its own is gone
  lent_ended,    // a child that had been lent is gone
  lend,          // actors that this worker takes over: see lending.cpp
  watch,        // an actor is to be watched: see watching.cpp
  watched_end,  // what was watched has ended
  unwatch,      // a watch is taken back
  wake,         // the future that a handler waits for has ended
  guard_future,  // a future wants to be told of its timeout
  refused,      // an answer that nobody waits for, told by another thread
  pipe,         // a future has ended whose answer becomes a message
  offer,        // a message waits for room in a mailbox: see room.cpp
  room,         // there may be room for one that waits
  reroute,      // who is registered under the key of a group router: see rerouting.hpp
  timer,        // an actor's timer has run out: see timers.cpp
  set_timer,    // one of the system
  cancel_timer,
  count,        // a drain wants to know the counters
  shut_down,    // all actors of the worker are to stop
};

[[nodiscard]] constexpr std::uint16_t tag_of(order what) noexcept {
  return static_cast<std::uint16_t>(what);
}

// What a drain learns of one worker.
struct worker_count {
  std::uint64_t waiting = 0;      // messages not done with, and actors with something to do
  std::uint64_t sent_away = 0;    // to other workers
  std::uint64_t taken_in = 0;     // from other workers

  friend bool operator==(const worker_count&, const worker_count&) = default;
};

// Changed by one thread, read by any.
class counter {
 public:
  operator std::uint64_t() const noexcept { return load(value_); }
  void operator+=(std::uint64_t more) noexcept { store(value_, value_ + more); }
  void operator++() noexcept { *this += 1; }
  void operator-=(std::uint64_t less) noexcept { store(value_, value_ - less); }
  void operator--() noexcept { *this -= 1; }

 private:
  std::uint64_t value_ = 0;
};

// The worker whose thread this is; null elsewhere.
__attribute__((tls_model("initial-exec"))) extern constinit thread_local worker* worker_here;
// Whether this is the thread of a worker that does what comes from outside, and no actor's turn.
__attribute__((tls_model("initial-exec"))) extern constinit thread_local bool worker_is_outside;
// Its port; elsewhere one that no cell names, so that a send compares once.
__attribute__((tls_model("initial-exec"))) extern constinit thread_local const port* port_here;

// Actors that have something to do, linked by `run_next`. Both ends are kept, and the last
// link is never read: to append is three stores, without a branch.
class run_queue {
 public:
  run_queue() noexcept = default;
  run_queue(const run_queue&) = delete;
  run_queue& operator=(const run_queue&) = delete;

  [[nodiscard]] bool empty() const noexcept { return end_ == &first_; }
  void append(cell* actor) noexcept {
    *end_ = actor;
    end_ = &actor->run_next;
  }
  [[nodiscard]] cell* take_first() noexcept {
    cell* taken = first_;
    if (end_ == &taken->run_next) {
      end_ = &first_;
    } else {
      first_ = taken->run_next;
    }
    return taken;
  }
  // How many there are, counted up to `most`.
  [[nodiscard]] unsigned count(unsigned most) const noexcept {
    unsigned counted = 0;
    for (cell* const* link = &first_; link != end_ && counted < most; ++counted) {
      link = &(*link)->run_next;
    }
    return counted;
  }
  // The one at `position`, which is less than their count.
  [[nodiscard]] cell* take(unsigned position) noexcept {
    cell** link = &first_;
    for (; position > 0; --position) {
      link = &(*link)->run_next;
    }
    cell* taken = *link;
    if (end_ == &taken->run_next) {
      end_ = link;
    } else {
      *link = taken->run_next;
    }
    return taken;
  }

 private:
  cell* first_ = nullptr;
  cell** end_ = &first_;
};

// A thread that waits for another system to end, be it that of one of its workers or not.
class waiting_outside {
 public:
  waiting_outside() noexcept;
  waiting_outside(const waiting_outside&) = delete;
  waiting_outside& operator=(const waiting_outside&) = delete;
  ~waiting_outside();

 private:
  worker* around_;
  bool was_outside_;
};

// Threads: all of it belongs to the worker's thread, but for `entry`, which others push to.
struct worker {
  worker(engine& of, unsigned number, bool for_blocking = false);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  /// The worker whose thread this is; null elsewhere.
  [[nodiscard]] static worker* current() noexcept { return worker_here; }
  static void set_current(worker* now) noexcept;
  /// Whether this is the thread of a worker, in a turn of an actor or outside.
  [[nodiscard]] static bool is_here() noexcept {
    return worker_here != nullptr || worker_is_outside;
  }
  /// Whether nothing may wait on this thread for what actors do.
  [[nodiscard]] static bool keeps_actors_waiting() noexcept {
    return is_here() && (worker_here == nullptr || !worker_here->may_block);
  }

  // The loop.
  void run() noexcept;
  bool advance() noexcept;
  void leave() noexcept;
  [[nodiscard]] bool finished() const noexcept {
    return shutting_down && first_top == 0 && runnable_.empty() && guests == 0 &&
           lends_to_ == nullptr && !is_asking_;
  }

  // Messages.
  void deliver(envelope* sealed) noexcept;
  void deliver_message(cell* actor, std::uint32_t generation, envelope* sealed) noexcept;
  // Into the mailbox of a living actor of this worker.
  void enqueue(cell* actor, envelope* sealed) noexcept;
  // For one on its way here, by this thread.
  void keep_early(envelope* sealed) noexcept;
  void schedule(cell* actor) noexcept {
    // One on its way to another worker is scheduled there: its link is in use.
    if ((actor->flags & (scheduled | unadopted)) == 0) {
      append_runnable(actor);
    }
  }
  // One that is not there yet.
  void append_runnable(cell* actor) noexcept {
    actor->flags |= scheduled;
    runnable_.append(actor);
  }
  void bury(envelope* sealed, dead_letter_reason reason) noexcept;

  // Lives, see lifecycle.cpp.
  void adopt(cell* actor) noexcept;
  [[nodiscard]] target spawn_plain(cell* parent, behavior_base& first);
  [[nodiscard]] bool may_spawn_plain() const noexcept;
  // For the next actor: see `number_of`.
  [[nodiscard]] std::uint64_t take_number() noexcept {
    if (next_number_ == last_number_) [[unlikely]] {
      take_numbers();
    }
    return next_number_++;
  }
  void announce_start(cell* actor) noexcept;
  void request_stop(cell* actor) noexcept;

  engine& system;
  port* entry;
  unsigned number;
  const bool may_block;          // its thread is that of one actor and its children
  cell* running = nullptr;       // whose turn it is
  bool shutting_down = false;
  std::uint32_t first_top = 0;   // the list of actors without a parent
  std::uint32_t guests = 0;      // actors here that stand in the list `lent` of another's
  std::int64_t now = 0;          // of the clock, as of the start of the round
  timer_wheel timers;            // of asks
  timer_wheel alarms;            // of all else
  std::unique_ptr<timers_of_system> system_timers;
  std::uint64_t last_timer = 0;  // the serial given out last

  // Messages that came to mailboxes here, and what became of them.
  counter arrived;
  counter handled;
  counter dead;
  counter dead_by_reason[dead_letter_reasons];
  counter stashed;               // put away now
  worker_count away;             // `waiting` unused

  // Actors that it has promised to another, linked by `run_next`.
  [[nodiscard]] const cell* leaving() const noexcept { return leaving_; }

  // When the next timer or alarm is due.
  [[nodiscard]] std::int64_t next_due() noexcept;

  // Messages not done with, and more than none while an actor has something to do.
  [[nodiscard]] std::uint64_t left_to_do() const noexcept {
    return arrived - handled - dead - stashed + early_.size() + (runnable_.empty() ? 0U : 1U);
  }

 private:
  // Turns between two looks at the inbox and the clock.
  static constexpr unsigned turns_a_round_max = 64;

  void take_in() noexcept;
  void obey(envelope* sealed) noexcept;
  void obey_for(cell* actor, envelope* sealed) noexcept;
  void shut_down() noexcept;
  [[nodiscard]] bool expire() noexcept;
  void rest() noexcept;
  void set_outside(bool is_outside) noexcept;
  void look_outside() noexcept;
  [[nodiscard]] bool release_memory() noexcept;

  // Actors that move from a busy worker to an idle one, see lending.cpp.
  void look_around(std::int64_t spent, unsigned turns) noexcept;
  [[nodiscard]] bool look_around_by_chance() noexcept;
  void ask_for_actors() noexcept;
  void ask_no_more() noexcept;
  void lend_to_someone() noexcept;
  void begin_to_lend(port& to) noexcept;
  [[nodiscard]] bool leaves(cell* actor, port& to) noexcept;
  void hand_over() noexcept;
  void take_over(cell* first) noexcept;
  void deliver_early() noexcept;
  void take_from_lent(cell* parent, cell* child) noexcept;
  void forget_lent(cell* parent, cell* child) noexcept;
  void release_cell(cell* actor) noexcept;
  void end_guards() noexcept;
  void announce_idle() noexcept;

  // Turns.
  [[nodiscard]] unsigned give_turns(unsigned turns) noexcept;
  void give_chosen_turn() noexcept;
  template <bool Traced>
  void give_turn(cell* actor, unsigned messages) noexcept;
  [[gnu::noinline]] void give_special_turn(cell* actor, unsigned messages) noexcept;
  void settle_turn(cell* actor, envelope_queue& turn) noexcept;
  void end_turn(cell* actor) noexcept;
  void handle_in_order(cell* actor, unsigned messages, envelope_queue& from);
  template <bool Traced>
  void serve(cell* actor, envelope* sealed);
  void deliver_where_bounded(cell* actor, envelope* sealed) noexcept;
  [[nodiscard]] envelope* unfold(cell* actor, envelope* sealed);
  void settle(cell* actor, envelope* sealed, step made) noexcept;
  [[nodiscard]] bool attend(cell* actor);
  void resume(cell* actor);

  // Failures, see supervising.cpp.
  void fail(cell* actor, envelope* sealed, const std::exception_ptr& failure) noexcept;
  void decide(cell* actor, const std::exception_ptr& failure) noexcept;
  [[nodiscard]] bool plan_restart(cell* actor, layer& at, const std::exception_ptr& failure);
  void share_fate(cell* actor, const group_fate& fate);
  void share_among_children(cell* parent, const cell* but, const group_fate& fate);
  void take_fate(cell* actor, const group_fate& fate);
  void escalate(cell* actor, const std::exception_ptr& failure) noexcept;
  void take_failure(cell* parent, const std::exception_ptr& failure) noexcept;
  void restart_on_request(cell* actor) noexcept;
  void begin_restart(cell* actor) noexcept;
  [[nodiscard]] bool end_restart(cell* actor);

  // Lives, see lifecycle.cpp.
  void begin(cell* actor);
  void begin_stop(cell* actor) noexcept;
  void end_plain(cell* actor) noexcept;
  void end_stop(cell* actor) noexcept;
  [[nodiscard]] path_text* path_at_end(const cell* actor) const;
  void tell_far_parent(const cell* actor, const target& was) noexcept;
  void take_numbers() noexcept;
  [[nodiscard]] bool last_hooks(cell* actor) noexcept;
  void drop_waiting(cell* actor, dead_letter_reason reason) noexcept;
  void drop_messages(cell* actor) noexcept;
  void stop_children(cell* actor) noexcept;
  void link_child(cell* child) noexcept;
  void unlink_child(cell* child) noexcept;
  static void link_sibling(cell* child, std::uint32_t& first) noexcept;
  static void unlink_sibling(cell* child, std::uint32_t& first) noexcept;
  void end_far_child(cell* parent, const target& child) noexcept;
  void child_is_gone(cell* parent) noexcept;
  [[nodiscard]] bool is_far(const cell* parent) const noexcept;

  run_queue runnable_;
  std::uint64_t next_number_ = 0;  // of actors, and the end of the range that it has
  std::uint64_t last_number_ = 0;
  port* lends_to_ = nullptr;       // who was promised actors
  cell* leaving_ = nullptr;        // these, linked by `run_next`
  std::uint64_t hand_over_number_ = 0;  // of that; 0: none has been taken
  bool is_asking_ = false;         // for actors, and has not had an answer
  unsigned turns_a_round_ = turns_a_round_max;
  unsigned heavy_rounds_ = 0;      // on end, whose turns took long
  unsigned rounds_to_wait_ = 0;    // before it looks for actors to give away again
  envelope_queue early_;           // for actors on their way here
  free_chain<idle_block>* chains_ = nullptr;  // of the thread that it runs on
  std::int64_t look_outside_at_ = 0;  // 0: some time later than now
  bool worked_ = false;            // since drains were last told of rest
  bool has_used_memory_ = false;   // since it was last released
  std::int64_t release_at_ = INT64_MAX;  // when memory is, if the worker rests then
  std::int64_t release_wait_ = memory_is_kept_ns;
  release_turn release_turn_;
  envelope* handling_ = nullptr;   // the message of a special turn, while its handler runs
  const bool chooses_;
};

// Where cells of a worker say that they live; never freed.
[[nodiscard]] port* make_port(engine* system, worker* owner, unsigned number);

// Envelopes of kind `control`. `payload` is built in the envelope.
template <class Payload, class... From>
[[nodiscard]] envelope* make_order(order what, const target& to, From&&... from) {
  envelope* sealed = seal_with<Payload>(to, static_cast<std::uint16_t>(what), [&](void* at) {
    ::new (at) Payload{std::forward<From>(from)...};
  });
  sealed->kind = envelope_kind::control;
  return sealed;
}

struct nothing {};

// From a child on another worker. Its parent waits for its end, and so still lives.
struct far_failure {
  std::exception_ptr failure;
};
struct group_fate {
  bool stops;  // or restarts, so
  std::exception_ptr failure;
  duration delay;
};
struct group_failure {
  const cell* by;
  group_fate fate;
};
struct far_end {
  target child;
};
struct lent_end {
  cell* child;  // nobody else's any more
};
struct lent_actors {
  cell* first;  // linked by `run_next`
};

// An actor whose life no worker has begun, and none will.
void forget_unborn(cell* actor) noexcept;

inline void free_envelope(envelope* sealed) noexcept {
  free_block(sealed, sealed->operations->bytes);
}
// The same where it is done once a message, by the thread whose `chains` these are. One that
// is full, or of a thread or a size that has no pool, is for `free_block`.
[[gnu::always_inline]] inline void free_envelope_here(free_chain<idle_block>* chains,
                                                      envelope* sealed) noexcept {
  auto& own = *reinterpret_cast<free_chain<idle_block>*>(reinterpret_cast<unsigned char*>(chains) +
                                                         sealed->operations->chain);
  if (own.count >= 2 * batch_size - 1) [[unlikely]] {
    free_envelope(sealed);
    return;
  }
  auto* idle = reinterpret_cast<idle_block*>(sealed);
  idle->next = own.first;
  own.first = idle;
  ++own.count;
}
// The same by a thread that may be any.
inline void free_envelope_quickly(envelope* sealed) noexcept {
  free_envelope_here(own_blocks, sealed);
}
inline void destroy_message_of(envelope* sealed) noexcept {
  if (sealed->operations->destroy != nullptr) {
    sealed->operations->destroy(message_address(sealed));
  }
}
// The message and its envelope.
inline void discard(envelope* sealed) noexcept {
  destroy_message_of(sealed);
  free_envelope(sealed);
}

}  // namespace casty::detail
