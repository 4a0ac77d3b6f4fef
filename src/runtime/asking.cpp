// Asks of actors, and what both kinds of ask share: claims, answers, the end of blocks.
#include "runtime/asking.hpp"

#include <cstddef>
#include <new>
#include <utility>

#include "casty/runtime/ask.hpp"
#include "runtime/dead_letters.hpp"
#include "runtime/engine.hpp"
#include "runtime/senders.hpp"

namespace casty::detail {

namespace {

ask_block* make_block(port* home, const target& asker, const message_operations& answer) {
  // What only a future or a pipe has is written when it is one.
  auto* block = ::new (allocate_block(answer.bytes)) ask_block;
  block->head.actor = asker.actor;
  block->head.generation = asker.generation;
  block->head.kind = envelope_kind::answer;
  block->head.flags = 0;
  block->head.operations = &answer;
  block->claims = 1;
  block->holders = 1;
  block->answered = 0;
  block->failure = errc{};
  block->phase = ask_phase::open;
  block->of_thread = false;
  block->home = home;
  block->waiting = nullptr;
  return block;
}

[[nodiscard]] bool holds_answer(const ask_block* block) noexcept {
  return block->failure == errc{};
}

void link_piped(cell* actor, ask_block* block) {
  ask_block*& first = extension_of(actor).piped;
  block->previous_of_actor = nullptr;
  block->next_of_actor = first;
  if (first != nullptr) {
    first->previous_of_actor = block;
  }
  first = block;
}

void unlink_piped(cell* actor, ask_block* block) noexcept {
  if (block->previous_of_actor != nullptr) {
    block->previous_of_actor->next_of_actor = block->next_of_actor;
  } else {
    actor->more->piped = block->next_of_actor;
  }
  if (block->next_of_actor != nullptr) {
    block->next_of_actor->previous_of_actor = block->previous_of_actor;
  }
}

void go_on(worker& here, cell* actor, std::coroutine_handle<> handle) noexcept {
  actor->more->resume.push(handle);
  actor->flags |= resumable;
  here.schedule(actor);
}

[[nodiscard]] bool lives(const ask_block* block) noexcept {
  return load(block->head.actor->generation) == block->head.generation;
}

// Its timer is not set any more; so its actor may move, when it has no other ask.
void close_ask(ask_block* block) noexcept {
  if (lives(block)) {
    --block->head.actor->more->open_asks;
  }
}

// The claims of the repliers are used up: what they held together goes on to `use`.
[[nodiscard]] bool was_last_claim(ask_block* block) noexcept {
  return __atomic_load_n(&block->claims, __ATOMIC_ACQUIRE) == 1 ||
         __atomic_fetch_sub(&block->claims, 1, __ATOMIC_ACQ_REL) == 1;
}

}  // namespace

void cancel_timeout(ask_block* block) noexcept {
  if (timer_wheel::is_set(block->timer)) {
    timer_wheel::cancel(block->timer);
    close_ask(block);
  }
}

ask_block* open_ask(cell* asker, const message_operations& answer) {
  worker& here = *worker::current();
  extension& more = extension_of(asker);
  ask_block* block = make_block(here.entry, target_of(asker), answer);
  block->timer.due = ask_timeout.count();
  here.timers.set_span(block->timer);
  ++more.open_asks;
  return block;
}

void set_timeout(ask_block* block, duration timeout) noexcept {
  if (block->of_thread) {
    if (const engine* system = system_of(*block->home)) {
      block->timer.due = (system->now() + timeout).count();
    }
    return;
  }
  if (timer_wheel::is_set(block->timer)) {
    timer_wheel::cancel(block->timer);
    block->timer.due = timeout.count();
    worker::current()->timers.set_span(block->timer);
  }
}

void destroy_answer(ask_block* block) noexcept {
  if (holds_answer(block) && block->head.operations->destroy != nullptr) {
    block->head.operations->destroy(message_address(&block->head));
  }
}

void release_holder(ask_block* block) noexcept {
  if (__atomic_load_n(&block->holders, __ATOMIC_ACQUIRE) == 1 ||
      __atomic_fetch_sub(&block->holders, 1, __ATOMIC_ACQ_REL) == 1) {
    free_envelope_quickly(&block->head);
  }
}

void let_go(ask_block* block) noexcept {
  if (block->of_thread) {
    let_go_of_future(block);
  } else if (block->phase == ask_phase::ready) {
    destroy_answer(block);
    release_holder(block);
  } else {
    cancel_timeout(block);
    block->phase = ask_phase::abandoned;
  }
}

void await_answer(ask_block* block, std::coroutine_handle<> waiting) noexcept {
  worker& here = *worker::current();
  if (block->phase == ask_phase::expired) {
    go_on(here, here.running, waiting);
    return;
  }
  block->phase = ask_phase::awaited;
  block->waiting = waiting.address();
}

void pipe_answer(ask_block* block, pipe* into) noexcept {
  worker& here = *worker::current();
  cell* actor = block->head.actor;
  block->waiting = into;
  if (block->phase == ask_phase::ready) {
    here.enqueue(actor, &block->head);
  } else if (block->phase == ask_phase::expired) {
    here.enqueue(actor, make_order<piped_end>(order::pipe, target_of(actor), into, nullptr,
                                              errc::timeout, actor->more->restarts));
    block->phase = ask_phase::abandoned;
  } else {
    block->phase = ask_phase::piped;
    link_piped(actor, block);
  }
}

void deliver_answer(worker& here, ask_block* block) noexcept {
  cell* actor = block->head.actor;
  const ask_phase before = block->phase;
  if (before == ask_phase::expired || before == ask_phase::abandoned) {
    bury_answer(block);
    destroy_answer(block);
    if (before == ask_phase::expired) {
      // Its owner still looks at the block, and lets go of it later.
      block->failure = errc::timeout;
      block->phase = ask_phase::ready;
    } else {
      release_holder(block);
    }
    return;
  }
  cancel_timeout(block);
  block->phase = ask_phase::ready;
  if (before == ask_phase::awaited && lives(block)) {
    go_on(here, actor, std::coroutine_handle<>::from_address(block->waiting));
  } else if (before == ask_phase::piped) {
    unlink_piped(actor, block);
    here.enqueue(actor, &block->head);
  }
}

void expire_ask(worker& here, ask_block* block) noexcept {
  if (block->of_thread) {
    guard_future(here, block);
    return;
  }
  close_ask(block);
  cell* actor = block->head.actor;
  const ask_phase before = std::exchange(block->phase, ask_phase::expired);
  if (before == ask_phase::awaited) {
    go_on(here, actor, std::coroutine_handle<>::from_address(block->waiting));
  } else if (before == ask_phase::piped) {
    unlink_piped(actor, block);
    block->phase = ask_phase::abandoned;
    here.enqueue(actor, make_order<piped_end>(order::pipe, target_of(actor),
                                              static_cast<pipe*>(block->waiting), nullptr,
                                              errc::timeout, actor->more->restarts));
  }
}

void abandon_piped(cell* actor) noexcept {
  while (ask_block* block = actor->more->piped) {
    unlink_piped(actor, block);
    cancel_timeout(block);
    block->phase = ask_phase::abandoned;
    auto* into = static_cast<pipe*>(block->waiting);
    into->destroy(into);
  }
}

// Those of an incarnation before have no mapper any more.
std::uint64_t drop_piped_answers(cell* actor) noexcept {
  std::uint64_t dropped = 0;
  while (envelope* sealed = actor->mail.take_first(envelope_kind::answer)) {
    drop_piped_answer(ask_of(sealed));
    ++dropped;
  }
  return dropped;
}

void drop_piped_answer(ask_block* block) noexcept {
  auto* into = static_cast<pipe*>(block->waiting);
  into->destroy(into);
  destroy_answer(block);
  release_holder(block);
}

envelope* unfold_pipe(cell* actor, envelope* sealed) {
  const target self = target_of(actor);
  if (sealed->kind == envelope_kind::answer) {
    ask_block* block = ask_of(sealed);
    auto* into = static_cast<pipe*>(block->waiting);
    envelope* made = into->make(into, self, block, block->failure);
    drop_piped_answer(block);
    return made;
  }
  auto& end = message_in<piped_end>(sealed);
  envelope* made = end.since == actor->more->restarts
                       ? end.into->make(end.into, self, end.block, end.failure)
                       : nullptr;
  discard(sealed);
  return made;
}

piped_end::~piped_end() {
  into->destroy(into);
  if (block != nullptr) {
    let_go_of_future(block);
  }
}

bool refuse_second_answer(ask_block* block, const message_operations& answer) noexcept {
  refuse_answer(block->home, answer);
  drop_claim(block);
  return false;
}

void finish_answer(ask_block* block, errc failure) noexcept {
  block->failure = failure;
  if (worker_here != nullptr && worker_here->running != nullptr &&
      (worker_here->running->flags & holding) != 0) [[unlikely]] {
    worker_here->running->more->held.push(&block->head);
    return;
  }
  if (block->of_thread) [[unlikely]] {
    complete_future(block);
    if (was_last_claim(block)) {
      release_holder(block);
    }
    return;
  }
  // The answer under way is a holder: the last claim leaves it its own.
  if (__atomic_load_n(&block->claims, __ATOMIC_ACQUIRE) != 1) {
    __atomic_fetch_add(&block->holders, 1, __ATOMIC_RELAXED);
    if (__atomic_fetch_sub(&block->claims, 1, __ATOMIC_ACQ_REL) == 1) {
      release_holder(block);
    }
  }
  if (__atomic_load_n(&block->head.actor->owner, __ATOMIC_ACQUIRE) == port_here) [[likely]] {
    deliver_answer(*worker_here, block);
  } else {
    post_far(&block->head);
  }
}

void add_claim(ask_block* block) noexcept {
  __atomic_fetch_add(&block->claims, 1, __ATOMIC_RELAXED);
}

void drop_claim(ask_block* block) noexcept {
  if (!was_last_claim(block)) {
    return;
  }
  if (__atomic_load_n(&block->answered, __ATOMIC_ACQUIRE) != 0) {
    release_holder(block);
    return;
  }
  block->failure = verdict_of_drop();
  if (block->of_thread) {
    complete_future(block);
    release_holder(block);
  } else {
    post(&block->head);
  }
}

void bury_answer(ask_block* block) noexcept {
  if (holds_answer(block)) {
    refuse_answer(block->home, *block->head.operations);
  }
}

void refuse_answer(port* home, const message_operations& answer) noexcept {
  if (worker* here = worker::current()) {
    count_refused(*here, answer.name);
  } else {
    engine::send_to(*home, make_order<refused_answer>(order::refused, target{}, answer.name));
  }
}

void count_refused(worker& here, std::string_view name) noexcept {
  ++here.arrived;
  ++here.dead;
  ++here.dead_by_reason[static_cast<unsigned>(dead_letter_reason::late_reply)];
  if (!here.system.events.empty()) {
    cell* by = here.running;
    const dead_letter event{name, dead_letter_reason::late_reply,
                            any_ref(by == nullptr ? target{} : target_of(by))};
    publish(&here.system, &event_key<dead_letter>, &event);
  }
}

void report_callback(const ask_block* of) noexcept {
  if (engine* system = system_of(*of->home)) {
    system->log.write_exception("a callback of a future threw", std::current_exception());
  }
}

}  // namespace casty::detail
