// Actors that move: a worker that has nothing to do says so, and one that has more than it can
// do gives half of its runnable actors away, each whole, with its mailbox.
//
//   idle worker                          busy worker
//   is_hungry: false -> true
//                                        is_hungry: true -> false, a promise
//                                        owner of each: its own -> the other, on its way
//                                        waits until those are done that were about to send here
//                                        takes its inbox in: all that was sent here
//                                <-lend- the actors
//   owner of each: arriving
//   delivers what has come early
//   owner of each: its own
//
// What a sender sent before it saw the new owner lies in the mailbox that moves along; what it
// sent after came to the new home and waits there for the actor. So the order of each sender's
// messages holds; the new home itself keeps what it sends with that, until all is delivered.
#include <algorithm>
#include <utility>

#include "runtime/engine.hpp"
#include "runtime/layers.hpp"
#include "runtime/senders.hpp"

namespace casty::detail {

namespace {

// A turn that takes less is not worth another core's while: its messages would cross.
constexpr std::int64_t worthwhile_turn_ns = 2'000;
// In so many rounds on end: one may have been long because its thread was kept waiting.
constexpr unsigned worthwhile_rounds = 3;
// A round is to take no longer: timers, the inbox and those that ask for work wait for its end.
constexpr std::int64_t long_round_ns = 200'000;
constexpr std::int64_t short_round_ns = 50'000;
// How many runnable actors are looked at, and how long it waits when none could leave.
constexpr unsigned looked_at_max = 8192;
constexpr unsigned rounds_without = 64;

[[nodiscard]] bool stands_with_siblings(const extension& more) noexcept {
  for (const layer* each = more.layers; each != nullptr; each = each->outer) {
    if (const supervision* by = strategy_of(*each); by != nullptr && by->all_for_one) {
      return true;
    }
  }
  return false;
}

// What an actor has on its worker keeps it there: children, timers, asks under way, a bound,
// siblings with which it stands or falls.
[[nodiscard]] bool is_free(const cell* actor) noexcept {
  if ((actor->flags & ~(scheduled | lent)) != 0) {
    return false;
  }
  const extension* more = actor->more;
  return more == nullptr ||
         (more->children == 0 && more->open_asks == 0 && more->piped == nullptr &&
          more->timers == nullptr && more->restart == nullptr && !stands_with_siblings(*more));
}

}  // namespace

void worker::look_around(std::int64_t spent, unsigned turns) noexcept {
  if (lends_to_ != nullptr) {
    hand_over();
  }
  if (is_asking_ && (shutting_down || !runnable_.empty())) {
    ask_no_more();
  }
  if (turns == 0) {
    return;
  }
  if (spent > long_round_ns) {
    turns_a_round_ = std::max(turns_a_round_ / 2, 1U);
  } else if (spent < short_round_ns) {
    turns_a_round_ = std::min(turns_a_round_ * 2, turns_a_round_max);
  }
  heavy_rounds_ = spent < worthwhile_turn_ns * turns ? 0 : heavy_rounds_ + 1;
  if (heavy_rounds_ < worthwhile_rounds || may_block || shutting_down || lends_to_ != nullptr ||
      system.hungry.load(std::memory_order_relaxed) == 0 || runnable_.count(2) < 2) {
    return;
  }
  if (rounds_to_wait_ != 0) {
    --rounds_to_wait_;
    return;
  }
  lend_to_someone();
}

void worker::lend_to_someone() noexcept {
  for (const auto& each : system.workers) {
    if (each.get() != this && each->entry->is_hungry.load(std::memory_order_relaxed)) {
      begin_to_lend(*each->entry);
      return;
    }
  }
}

// Where turns are chosen there is no time that they take: chance says who lends, and how long
// actors are on their way. True when some are.
bool worker::look_around_by_chance() noexcept {
  const std::uint64_t drawn = system.on.random->next();
  if (lends_to_ != nullptr) {
    if (drawn % 4 == 0) {
      hand_over();
    }
    return true;
  }
  if (is_asking_ && (shutting_down || (!runnable_.empty() && drawn % 4 == 1))) {
    ask_no_more();
  }
  if (runnable_.empty()) {
    ask_for_actors();
  } else if (drawn % 4 > 1 && !shutting_down && runnable_.count(2) > 1) {
    lend_to_someone();
  }
  return lends_to_ != nullptr;
}

void worker::ask_for_actors() noexcept {
  if (is_asking_ || may_block || shutting_down || system.workers.size() < 2) {
    return;
  }
  is_asking_ = true;
  entry->is_hungry.store(true, std::memory_order_release);
  system.hungry.fetch_add(1, std::memory_order_relaxed);
}

// Once it has been promised some, they come: it waits for them.
void worker::ask_no_more() noexcept {
  if (entry->is_hungry.exchange(false, std::memory_order_acq_rel)) {
    system.hungry.fetch_sub(1, std::memory_order_relaxed);
    is_asking_ = false;
  }
}

// Every second one that can leave, of those that are runnable.
void worker::begin_to_lend(port& to) noexcept {
  const unsigned looked_at = runnable_.count(looked_at_max);
  bool is_promised = false;
  bool stays = true;
  for (unsigned each = 0; each < looked_at; ++each) {
    cell* actor = runnable_.take_first();
    if (!is_free(actor) || std::exchange(stays, !stays)) {
      runnable_.append(actor);
      continue;
    }
    if (!is_promised) {
      is_promised = to.is_hungry.exchange(false, std::memory_order_acq_rel);
      if (!is_promised) {
        runnable_.append(actor);
        return;  // somebody else was first, or it has found work
      }
      system.hungry.fetch_sub(1, std::memory_order_relaxed);
      lends_to_ = &to;
    }
    if (!leaves(actor, to)) {
      runnable_.append(actor);
    }
  }
  if (!is_promised) {
    rounds_to_wait_ = rounds_without;
  }
}

// False when there is no memory to keep account of it.
bool worker::leaves(cell* actor, port& to) noexcept {
  if (actor->parent != nullptr && !is_far(actor->parent)) {
    std::vector<target>& all = actor->parent->more->lent;
    try {
      all.push_back(target_of(actor));
    } catch (...) {
      return false;
    }
    unlink_sibling(actor, actor->parent->more->first_child);
    actor->next_sibling = static_cast<std::uint32_t>(all.size() - 1);
    actor->flags |= lent;
  } else if (actor->parent == nullptr) {
    unlink_sibling(actor, first_top);
  } else {
    --guests;
  }
  actor->flags &= static_cast<std::uint16_t>(~scheduled);
  actor->flags |= unadopted;
  __atomic_store_n(&actor->owner, on_its_way_to(to), __ATOMIC_SEQ_CST);
  actor->run_next = leaving_;
  leaving_ = actor;
  return true;
}

void worker::hand_over() noexcept {
  if (hand_over_number_ == 0) {
    hand_over_number_ = number_hand_over();
  }
  if (is_sent_to(*entry, hand_over_number_)) {
    return;  // a send that began before is under way: next round
  }
  hand_over_number_ = 0;
  take_in();
  engine::send_to(*std::exchange(lends_to_, nullptr),
                  make_order<lent_actors>(order::lend, target{}, std::exchange(leaving_, nullptr)));
}

void worker::take_over(cell* first) noexcept {
  is_asking_ = false;
  for (cell* actor = first; actor != nullptr; actor = actor->run_next) {
    if (actor->parent == nullptr) {
      link_sibling(actor, first_top);
    } else if (is_far(actor->parent)) {
      ++guests;
    } else {
      take_from_lent(actor->parent, actor);
      link_sibling(actor, actor->parent->more->first_child);
      actor->flags &= static_cast<std::uint16_t>(~lent);
    }
    __atomic_store_n(&actor->owner, arriving_at(*entry), __ATOMIC_RELEASE);
  }
  deliver_early();
  while (first != nullptr) {
    cell* actor = std::exchange(first, first->run_next);
    actor->flags &= static_cast<std::uint16_t>(~unadopted);
    if (shutting_down) {
      actor->flags |= stop_requested;
    }
    __atomic_store_n(&actor->owner, entry, __ATOMIC_RELEASE);
    if ((actor->flags & needs_attention) != 0 || !actor->mail.empty()) {
      schedule(actor);
    }
  }
}

// All that has come for actors that have arrived. What is called meanwhile may send them more:
// that comes after it. A message for an actor that is to stop is buried in its last turn, so
// that nobody is called, and this ends.
void worker::deliver_early() noexcept {
  for (bool any = true; any;) {
    any = false;
    envelope_queue waited = std::exchange(early_, envelope_queue());
    while (!waited.empty()) {
      envelope* sealed = waited.pop();
      cell* actor = sealed->actor;
      if (load(actor->owner) == on_its_way_to(*entry)) {
        early_.push(sealed);
        continue;
      }
      any = true;
      if (sealed->kind == envelope_kind::message &&
          load(actor->generation) == sealed->generation) {
        ++arrived;
        actor->mail.push(sealed);
      } else {
        deliver(sealed);
      }
    }
  }
}

// Behind what other threads have sent, and this one: in the inbox it could be overtaken once
// the actor is here. What is for another life of its cell need not wait.
void worker::keep_early(envelope* sealed) noexcept {
  sealed->flags &= envelope::has_room;
  if (load(sealed->actor->generation) == sealed->generation) {
    early_.push(sealed);
  } else {
    deliver(sealed);
  }
}

void worker::take_from_lent(cell* parent, cell* child) noexcept {
  std::vector<target>& all = parent->more->lent;
  const std::uint32_t position = child->next_sibling;
  all[position] = all.back();
  all[position].actor->next_sibling = position;
  all.pop_back();
}

void worker::forget_lent(cell* parent, cell* child) noexcept {
  take_from_lent(parent, child);
  free_cell(child);
  child_is_gone(parent);
}

// The cell of one that is lent goes back to where its parent keeps account of it.
void worker::release_cell(cell* actor) noexcept {
  if ((actor->flags & lent) != 0) {
    post(make_order<lent_end>(order::lent_ended, target_of(actor->parent), actor));
  } else {
    free_cell(actor);
  }
}

}  // namespace casty::detail
