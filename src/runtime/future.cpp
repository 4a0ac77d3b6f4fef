// Asks of ordinary threads. The word of a block says how its future stands:
//
//   open --then--> called       open --get--> blocked
//   blocked --waited long enough--> open
//   open, called, blocked --answer--> done
//   called, blocked --deadline--> expired
//   any --let go--> left
//
// Whoever moves it to `done` from `called` calls the continuation; an answer that finds
// `expired` or `left` destroys its value, one that finds another leaves it to the future.
#include <utility>

#include "casty/runtime/ask.hpp"
#include "runtime/asking.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

enum state : std::uint32_t { open, blocked, called, done, expired, left };

[[nodiscard]] std::uint32_t state_of(const ask_block* block) noexcept {
  return __atomic_load_n(&block->word, __ATOMIC_ACQUIRE);
}

[[nodiscard]] bool move(ask_block* block, std::uint32_t from, std::uint32_t to) noexcept {
  return __atomic_compare_exchange_n(&block->word, &from, to, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE);
}

void add_holder(ask_block* block) noexcept {
  __atomic_fetch_add(&block->holders, 1, __ATOMIC_RELAXED);
}

void refuse_on_actors_threads() {
  if (worker::keeps_actors_waiting()) {
    throw error(errc::would_block, "await the answer, or pipe it to self");
  }
}

// They outlive their system for as long as somebody waits by them.
struct seams_to_wait_by {
  std::shared_ptr<production_seams> kept;
  scheduler* threads = nullptr;  // null: the system has ended
  duration now = {};
};
seams_to_wait_by seams_of(ask_block* block) {
  port& home = *block->home;
  home.wakers.fetch_add(1, std::memory_order_seq_cst);
  seams_to_wait_by found;
  if (engine* system = system_of(home)) {
    found = {system->owned, system->on.scheduler, system->now()};
  }
  home.wakers.fetch_sub(1, std::memory_order_release);
  return found;
}

// Of one that is `blocked`. False when `until` came first.
bool wait_until_answered(ask_block* block, const seams_to_wait_by& by, duration until) {
  while (state_of(block) == blocked) {
    if (!by.threads->wait(block->word, blocked, until)) {
      return false;
    }
  }
  return true;
}

}  // namespace

ask_block* open_ask(engine* system, const message_operations& answer) {
  auto* block = static_cast<ask_block*>(allocate_block(answer.bytes));
  ::new (block) ask_block{};
  block->head.kind = envelope_kind::answer;
  block->head.operations = &answer;
  block->claims = 1;
  block->holders = 2;
  block->of_thread = true;
  block->home = system->workers.front()->entry;
  block->timer.due = (system->now() + ask_timeout).count();
  return block;
}

bool answered(const ask_block* block) noexcept { return state_of(block) == done; }

errc verdict_of_future(const ask_block* block) noexcept {
  return state_of(block) == done ? block->failure : errc::timeout;
}

void complete_future(ask_block* block) noexcept {
  const errc failure = block->failure;
  for (std::uint32_t seen = state_of(block);; seen = state_of(block)) {
    if (seen == expired || seen == left) {
      bury_answer(block);
      destroy_answer(block);
      return;
    }
    // Once it is done its taker may end the system.
    port& home = *block->home;
    const std::uint32_t& word = block->word;
    home.wakers.fetch_add(1, std::memory_order_seq_cst);
    const bool moved = move(block, seen, done);
    if (moved && seen == blocked) {
      if (engine* system = system_of(home)) {
        system->on.scheduler->notify(word);
      }
    }
    home.wakers.fetch_sub(1, std::memory_order_release);
    if (!moved) {
      continue;
    }
    if (seen == called) {
      block->then(block, failure);
    }
    return;
  }
}

// A handler that is destroyed while it waits leaves a `future_wait` behind: in the block,
// or on its way with a `wake`.
void let_go_of_future(ask_block* block) noexcept {
  const std::uint32_t before = __atomic_exchange_n(&block->word, left, __ATOMIC_ACQ_REL);
  if (before == done) {
    destroy_answer(block);
  }
  if (block->phase == ask_phase::awaited && block->waiting != nullptr) {
    auto* wait = static_cast<future_wait*>(block->waiting);
    if (before == called) {
      free_block(wait, sizeof(future_wait));
    } else {
      wait->cancelled = true;
    }
  }
  release_holder(block);
}

errc wait_answer(ask_block* block) {
  refuse_on_actors_threads();
  if (!move(block, open, blocked)) {
    return verdict_of_future(block);  // has ended; its system may be gone
  }
  const seams_to_wait_by by = seams_of(block);
  if (by.threads == nullptr) {
    return move(block, blocked, expired) ? errc::system_terminated : verdict_of_future(block);
  }
  const duration until = duration::nanoseconds(block->timer.due);
  if (!wait_until_answered(block, by, until) && move(block, blocked, expired)) {
    return errc::timeout;
  }
  return verdict_of_future(block);
}

bool wait_answer_within(ask_block* block, duration longest) {
  refuse_on_actors_threads();
  if (!move(block, open, blocked)) {
    return true;
  }
  const seams_to_wait_by by = seams_of(block);
  const duration due = duration::nanoseconds(block->timer.due);
  const bool is_over = by.threads == nullptr || due - by.now <= longest;
  if (by.threads != nullptr) {
    (void)wait_until_answered(block, by, is_over ? due : by.now + longest);
  }
  return !move(block, blocked, open) || is_over;
}

void then_answer(ask_block* block, void* with, void (*then)(ask_block*, errc) noexcept) {
  block->waiting = with;
  block->then = then;
  // What waits for ever needs no guard: it ends with the last copy of its `reply_to`.
  if (block->timer.due == duration::max().count() && move(block, open, called)) {
    return;
  }
  add_holder(block);
  if (move(block, open, called)) {
    engine::send_to(*block->home, make_order<guarded>(order::guard_future, target{}, block));
  } else {
    release_holder(block);
    then(block, verdict_of_future(block));
  }
}

// A guard that reached nobody: its system has ended.
guarded::~guarded() {
  if (block != nullptr) {
    abandon_guard(block);
  }
}

void abandon_guard(ask_block* block) noexcept {
  if (move(block, called, expired)) {
    block->then(block, errc::system_terminated);
  }
  release_holder(block);
}

// Called when the guard comes to its worker, and again when its timer is due.
void guard_future(worker& here, ask_block* block) noexcept {
  const std::uint32_t seen = state_of(block);
  if ((seen == open || seen == called) && block->timer.due > here.now) {
    here.timers.set(block->timer);
    return;
  }
  if (seen == called && move(block, called, expired)) {
    block->then(block, errc::timeout);
  }
  release_holder(block);
}

void await_future(ask_block* block, std::coroutine_handle<> waiting) {
  worker* here = worker::current();
  auto* wait = ::new (allocate_block(sizeof(future_wait)))
      future_wait{target_of(here->running), waiting, block, false};
  block->phase = ask_phase::awaited;
  then_answer(block, wait, [](ask_block* ended, errc) noexcept {
    auto* woken_by = static_cast<future_wait*>(ended->waiting);
    post(make_order<woken>(order::wake, woken_by->actor, woken_by));
  });
}

woken::~woken() {
  if (wait != nullptr) {
    free_block(wait, sizeof(future_wait));
  }
}

void wake_for_future(worker& here, future_wait* wait) noexcept {
  if (!wait->cancelled) {
    wait->block->waiting = nullptr;
    cell* actor = wait->actor.actor;
    extension_of(actor).resume.push(wait->waiting);
    actor->flags |= resumable;
    here.schedule(actor);
  }
}

void pipe_future(ask_block* block, cell* self, pipe* into) {
  struct route {
    target actor;
    pipe* into;
    std::uint32_t since;
  };
  auto* leads = ::new (allocate_block(sizeof(route)))
      route{target_of(self), into, extension_of(self).restarts};
  then_answer(block, leads, [](ask_block* ended, errc failure) noexcept {
    auto* led = static_cast<route*>(ended->waiting);
    envelope* sealed =
        make_order<piped_end>(order::pipe, led->actor, led->into, ended, failure, led->since);
    free_block(led, sizeof(route));
    post(sealed);
  });
}

}  // namespace casty::detail
