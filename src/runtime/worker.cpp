#include "runtime/worker.hpp"

#include <algorithm>
#include <utility>

#include "runtime/asking.hpp"
#include "runtime/atomic_words.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/engine.hpp"
#include "runtime/room.hpp"
#include "runtime/senders.hpp"
#include "runtime/timers.hpp"
#include "runtime/watching.hpp"

namespace casty::detail {

namespace {

// Messages of a turn between two looks at the inbox: a stop does not wait for a long turn.
constexpr unsigned messages_a_look = 1024;
// The most that a turn takes from a bounded mailbox.
constexpr unsigned bounded_turn = 256;
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 29);
}

[[nodiscard]] bool is_for_mailbox(const envelope* sealed) noexcept {
  return sealed->kind == envelope_kind::message || sealed->kind == envelope_kind::watched_end;
}

}  // namespace

constinit thread_local worker* worker_here = nullptr;
constinit thread_local bool worker_is_outside = false;

namespace {

constinit port no_port;

}  // namespace

constinit thread_local const port* port_here = &no_port;

void worker::set_current(worker* now) noexcept {
  worker_here = now;
  if (now != nullptr) {
    now->chains_ = own_blocks;
  }
  port_here = now == nullptr ? &no_port : now->entry;
}

worker::worker(engine& of, unsigned its_number, bool for_blocking)
    : system(of),
      entry(make_port(&of, this, its_number)),
      number(its_number),
      may_block(for_blocking),
      now(of.now().count()),
      chooses_(of.on.scheduler->chooses()) {}

worker::~worker() {
  // Futures that wanted to be told of their timeout.
  end_guards();
  entry->owner = nullptr;
  __atomic_store_n(&entry->system, nullptr, __ATOMIC_RELEASE);
}

// Asks of threads end with the system; those of actors have ended with their actors.
void worker::end_guards() noexcept {
  while (timer_node* guard = timers.pop(INT64_MAX)) {
    if (ask_of(guard)->of_thread) {
      abandon_guard(ask_of(guard));
    }
  }
}

waiting_outside::waiting_outside() noexcept
    : around_(worker_here), was_outside_(std::exchange(worker_is_outside, false)) {
  worker::set_current(nullptr);
}

waiting_outside::~waiting_outside() {
  worker_is_outside = was_outside_;
  worker::set_current(around_);
}

void worker::set_outside(bool is_outside) noexcept {
  worker_is_outside = is_outside;
  set_current(is_outside ? nullptr : this);
}

void worker::run() noexcept {
  set_current(this);
  for (unsigned turns = 0; !finished();) {
    const std::int64_t before = std::exchange(now, system.now().count());
    timers.begin_spans(now);
    take_in();
    has_used_memory_ = expire() || has_used_memory_;
    look_around(now - before, turns);
    look_outside();
    turns = give_turns(turns_a_round_);
    if (turns == 0 && entry->empty() && lends_to_ == nullptr && !finished()) {
      rest();
    }
  }
  set_current(nullptr);
  leave();
}

// What comes from now on is undeliverable, and its senders hear of that at once.
void worker::leave() noexcept {
  for (envelope* left = entry->close(); left != nullptr;) {
    envelope* following = left->next;
    engine::undeliverable(*this, left);
    left = following;
  }
  end_guards();
}

bool worker::advance() noexcept {
  worker* const before = worker_here;
  set_current(this);
  now = system.now().count();
  timers.begin_spans(now);
  bool worked = !entry->empty();
  take_in();
  worked = expire() || worked;
  if (chooses_ && system.workers.size() > 1) {
    worked = look_around_by_chance() || worked;
  }
  if (!runnable_.empty()) {
    give_chosen_turn();
    worked = true;
  }
  if (!worked) {
    announce_idle();
  }
  set_current(before);
  return worked;
}

void worker::take_in() noexcept {
  envelope* sealed = entry->take();
  has_used_memory_ = has_used_memory_ || sealed != nullptr;
  while (sealed != nullptr) {
    envelope* following = sealed->next;
    if ((sealed->flags & envelope::from_outside) == 0) {
      ++away.taken_in;
    }
    if (sealed->actor != nullptr && load(sealed->actor->owner) == on_its_way_to(*entry))
        [[unlikely]] {
      early_.push(sealed);
    } else {
      deliver(sealed);
    }
    sealed = following;
  }
}

bool worker::expire() noexcept {
  bool any = false;
  while (timer_node* due = timers.pop(now)) {
    expire_ask(*this, ask_of(due));
    any = true;
  }
  while (timer_node* due = alarms.pop(now)) {
    auto& rung = static_cast<alarm&>(*due);
    rung.ring(*this, rung);
    any = true;
  }
  return any;
}

std::int64_t worker::next_due() noexcept {
  return std::min(timers.next_due(), alarms.next_due());
}

[[gnu::always_inline]] inline void worker::deliver_message(cell* actor, std::uint32_t generation,
                                                           envelope* sealed) noexcept {
  ++arrived;
  if (load(actor->generation) != generation) [[unlikely]] {
    bury(sealed, dead_letter_reason::no_such_actor);
  } else if ((actor->flags & watchful) != 0) [[unlikely]] {
    deliver_where_bounded(actor, sealed);
  } else {
    actor->mail.push(sealed);
    if ((actor->flags & busy) == 0) {
      append_runnable(actor);
    }
  }
}

void worker::deliver(envelope* sealed) noexcept {
  if (is_for_mailbox(sealed)) [[likely]] {
    deliver_message(sealed->actor, sealed->generation, sealed);
  } else if (sealed->kind == envelope_kind::answer) {
    deliver_answer(*this, ask_of(sealed));
  } else {
    obey(sealed);
  }
}

void worker::deliver_where_bounded(cell* actor, envelope* sealed) noexcept {
  envelope* displaced = nullptr;
  if ((actor->flags & ending) != 0) {
    bury(sealed, dead_letter_reason::stopped);
    return;
  }
  if (!take_room(actor, sealed, displaced)) {
    bury(sealed, dead_letter_reason::overflow);
    return;
  }
  actor->mail.push(sealed);
  if (displaced != nullptr) {
    bury(displaced, dead_letter_reason::overflow);
  }
  if ((actor->flags & busy) == 0) {
    schedule(actor);
  }
}

void worker::enqueue(cell* actor, envelope* sealed) noexcept {
  ++arrived;
  actor->mail.push(sealed);
  if ((actor->flags & busy) == 0) {
    schedule(actor);
  }
}

void post(envelope* sealed) noexcept {
  cell* actor = sealed->actor;
  // For a stale ref nothing else has made the port known to this thread.
  port* to = __atomic_load_n(&actor->owner, __ATOMIC_ACQUIRE);
  if (to != port_here) [[unlikely]] {
    post_far(sealed);
  } else {
    worker_here->deliver(sealed);
  }
}

void post_message(cell* actor, std::uint32_t generation, envelope* sealed) noexcept {
  port* to = __atomic_load_n(&actor->owner, __ATOMIC_ACQUIRE);
  if (to != port_here) [[unlikely]] {
    post_far(sealed);
  } else {
    worker_here->deliver_message(actor, generation, sealed);
  }
}

// One message, which is no longer in any queue; a special one becomes a message first.
template <bool Traced>
[[gnu::always_inline]] inline void worker::serve(cell* actor, envelope* sealed) {
  if constexpr (Traced) {
    system.trace = mix(mix(system.trace, number_of(actor)), sealed->tag);
  }
  const step made = actor->operations->handlers()[sealed->tag](actor, actor->slot, sealed);
  if (made == step::same || made == step::ignored) [[likely]] {
    ++handled;
    free_envelope_here(chains_, sealed);
  } else {
    settle(actor, sealed, made);
  }
}

// The turn of an actor that has messages and nothing else: those that its mailbox holds now.
template <bool Traced>
[[gnu::always_inline]] inline void worker::give_turn(cell* actor, unsigned messages) noexcept {
  running = actor;
  if ((actor->flags & (needs_attention | bounded)) != 0) [[unlikely]] {
    give_special_turn(actor, messages);
    return;
  }
  // What is left of the turn: from `first` to `last`.
  envelope* const last = actor->mail.take_all();
  envelope* first = envelope_queue::first_of(last);
  envelope* sealed = nullptr;
  unsigned until_look = messages_a_look;
  bool has_failed = false;
  try {
    while (first != nullptr && (actor->flags & needs_attention) == 0) {
      if constexpr (Traced) {
        if (messages-- == 0) {
          break;
        }
      }
      sealed = first;
      first = sealed == last ? nullptr : sealed->next;
      if (sealed->kind != envelope_kind::message) [[unlikely]] {
        sealed = unfold(actor, sealed);
        if (sealed == nullptr) {
          continue;
        }
      }
      serve<Traced>(actor, sealed);
      if (--until_look == 0) [[unlikely]] {
        until_look = messages_a_look;
        take_in();
      }
    }
  } catch (...) {
    has_failed = true;
    actor->flags &= static_cast<std::uint16_t>(~scheduled);
    fail(actor, sealed, std::current_exception());
  }
  constexpr auto eventful = static_cast<std::uint16_t>(needs_attention | idle_timed);
  if (first == nullptr && (actor->flags & eventful) == 0 && !has_failed) [[likely]] {
    if (actor->mail.empty()) {
      actor->flags &= static_cast<std::uint16_t>(~scheduled);
    } else {
      append_runnable(actor);
    }
    return;
  }
  if (!has_failed) {
    actor->flags &= static_cast<std::uint16_t>(~scheduled);
  }
  envelope_queue left;
  if (first != nullptr) {
    left.take_over(first, last);
  }
  settle_turn(actor, left);
}

unsigned worker::give_turns(unsigned turns) noexcept {
  unsigned given = 0;
  for (; given < turns && !runnable_.empty(); ++given) {
    give_turn<false>(runnable_.take_first(), UINT32_MAX);
  }
  running = nullptr;
  if (given != 0) {
    worked_ = true;
    has_used_memory_ = true;
  }
  return given;
}

void worker::give_chosen_turn() noexcept {
  worked_ = true;
  scheduler::turn chosen;
  if (chooses_) {
    chosen = system.on.scheduler->choose(runnable_.count(scheduler::choices_max));
  }
  give_turn<true>(runnable_.take(chosen.actor), chosen.messages);
  running = nullptr;
}

void worker::handle_in_order(cell* actor, unsigned messages, envelope_queue& from) {
  unsigned until_look = messages_a_look;
  for (; messages > 0 && !from.empty() && (actor->flags & needs_attention) == 0; --messages) {
    handling_ = from.pop();
    if (handling_->kind != envelope_kind::message) [[unlikely]] {
      handling_ = unfold(actor, handling_);
    }
    if (handling_ != nullptr) {
      chooses_ ? serve<true>(actor, handling_) : serve<false>(actor, handling_);
      handling_ = nullptr;
    }
    if (--until_look == 0) [[unlikely]] {
      until_look = messages_a_look;
      take_in();
    }
  }
}

// A turn in which something is due beside messages, or of a bounded mailbox.
void worker::give_special_turn(cell* actor, unsigned messages) noexcept {
  actor->flags &= static_cast<std::uint16_t>(~scheduled);
  if ((actor->flags & needs_attention) == stop_requested && actor->more == nullptr) {
    begin_stop(actor);
    if ((actor->flags & (gone | scheduled)) == gone) {
      release_cell(actor);
    }
    return;
  }
  handling_ = nullptr;
  envelope_queue turn;
  try {
    if ((actor->flags & needs_attention) == (waiting | resumable)) {
      resume(actor);
      if ((actor->flags & (needs_attention | idle_timed)) == waiting) {
        return;  // it waits again, and there is nothing else
      }
    }
    if ((actor->flags & needs_attention) != 0 && !attend(actor)) {
      // No message is due.
    } else if ((actor->flags & bounded) != 0) {
      // They stay in the mailbox, where the oldest may be displaced.
      handle_in_order(actor, std::min({messages, bounded_turn, actor->more->bound->capacity}),
                      actor->mail);
    } else {
      std::swap(turn, actor->mail);
      handle_in_order(actor, messages, turn);
    }
  } catch (...) {
    fail(actor, std::exchange(handling_, nullptr), std::current_exception());
  }
  settle_turn(actor, turn);
}

// After a turn in which more has happened than messages.
void worker::settle_turn(cell* actor, envelope_queue& turn) noexcept {
  if ((actor->flags & gone) == 0) {
    if ((actor->flags & idle_timed) != 0) [[unlikely]] {
      note_activity(actor);
    }
    actor->mail.prepend(turn);
    if ((actor->flags & yielding) != 0) {
      actor->flags &= static_cast<std::uint16_t>(~yielding);
      actor->mail.prepend(actor->more->unstashed);
    }
    end_turn(actor);
  } else if ((actor->flags & scheduled) == 0) {
    release_cell(actor);
  }
}

void worker::end_turn(cell* actor) noexcept {
  if ((actor->flags & (stop_requested | stopping)) == stop_requested) {
    begin_stop(actor);
    if ((actor->flags & (gone | scheduled)) == gone) {
      release_cell(actor);
    }
    return;
  }
  if ((actor->flags & stopping) != 0) {
    return;  // the end of its last child gives it the next turn
  }
  if ((actor->flags & restart_requested) != 0) {
    begin_restart(actor);
  }
  constexpr auto again = static_cast<std::uint16_t>(resumable | child_failed | stop_requested);
  if ((actor->flags & again) != 0 ||
      (!actor->mail.empty() && (actor->flags & busy) == 0)) {
    schedule(actor);
  }
}

// What stands in a mailbox without being a message: turns it into one, or gives null.
envelope* worker::unfold(cell* actor, envelope* sealed) {
  if (sealed->kind == envelope_kind::counted) {
    sealed->kind = envelope_kind::message;
    leave_room(*this, actor);
    return sealed;
  }
  if (sealed->kind == envelope_kind::watched_end) {
    if (take_watched(actor, {sealed->actor, sealed->generation}, sealed)) {
      address_to(actor, sealed);
      return sealed;
    }
    handling_ = nullptr;
    ++handled;  // taken back by an unwatch
    discard(sealed);
    return nullptr;
  }
  if (sealed->kind == envelope_kind::control && sealed->tag == tag_of(order::timer)) {
    envelope* message = unfold_timer(actor, message_in<timer_end>(sealed));
    handled += message == nullptr ? 1 : 0;
    free_envelope(sealed);
    return message;
  }
  return unfold_pipe(actor, sealed);
}

void worker::settle(cell* actor, envelope* sealed, step made) noexcept {
  switch (made) {
    case step::same:
    case step::ignored:
      ++handled;
      free_envelope(sealed);
      break;
    case step::stopped:
      ++handled;
      free_envelope(sealed);
      actor->flags |= stop_requested;
      break;
    case step::restart:
      ++handled;
      free_envelope(sealed);
      restart_on_request(actor);
      break;
    case step::unhandled:
      if (!system.events.empty() && !tells_of_loss(sealed)) {
        const unhandled_message event{sealed->operations->name, any_ref(target_of(actor))};
        publish(&system, &event_key<unhandled_message>, &event);
      }
      bury(sealed, dead_letter_reason::unhandled);
      break;
    case step::suspended:
      break;
    case step::forwarded:
      ++handled;
      break;
  }
}

bool worker::attend(cell* actor) {
  if ((actor->flags & gone) != 0) {
    return false;
  }
  if ((actor->flags & ending) != 0) {
    if ((actor->flags & stopping) == 0) {
      begin_stop(actor);
    } else if (actor->more == nullptr || actor->more->children == 0) {
      end_stop(actor);
    }
    return false;
  }
  if ((actor->flags & child_failed) != 0) {
    std::vector<std::exception_ptr>& all = actor->more->escalated;
    const std::exception_ptr failure = all.front();
    all.erase(all.begin());
    if (all.empty()) {
      actor->flags &= static_cast<std::uint16_t>(~child_failed);
    }
    std::rethrow_exception(failure);
  }
  if ((actor->flags & restart_requested) != 0) {
    begin_restart(actor);
  }
  if ((actor->flags & restarting) != 0 && !end_restart(actor)) {
    return false;
  }
  if ((actor->flags & starting) != 0) {
    begin(actor);
  }
  if ((actor->flags & resumable) != 0) {
    resume(actor);
  }
  return (actor->flags & needs_attention) == 0;
}

void worker::resume(cell* actor) {
  extension& more = *actor->more;
  for (std::size_t next = 0; next < more.resume.size(); ++next) {
    // Those resumed stay in the list until all are, so that positions hold.
    if (const std::coroutine_handle<> handle = more.resume.take(next)) {
      handle.resume();
    }
  }
  more.resume.clear();
  actor->flags &= static_cast<std::uint16_t>(~resumable);
  if ((actor->flags & waiting) == 0) {
    return;  // it was a task of the user's own
  }
  if (!more.waiting.operations->done(more.waiting.task)) {
    return;
  }
  actor->flags &= static_cast<std::uint16_t>(~waiting);
  handling_ = more.waiting.sealed;
  step made = step::same;
  try {
    made = more.waiting.operations->conclude(actor, actor->slot, more.waiting.task);
  } catch (...) {
    more.waiting.operations->destroy(more.waiting.task);
    more.waiting = {};
    throw;
  }
  more.waiting.operations->destroy(more.waiting.task);
  more.waiting = {};
  envelope* sealed = std::exchange(handling_, nullptr);
  if (made != step::unhandled) {
    destroy_message_of(sealed);
  }
  settle(actor, sealed, made);
}

void worker::bury(envelope* sealed, dead_letter_reason reason) noexcept {
  if (sealed->kind == envelope_kind::control) {
    // A timer, or an ask that has failed: void, for it has not become a message yet.
    ++handled;
    discard(sealed);
    return;
  }
  ++dead;
  ++dead_by_reason[static_cast<unsigned>(reason)];
  detail::bury(&system, sealed, reason);
}

}  // namespace casty::detail
