/// @file
/// The inside of asks: from the answer to whoever waits for it.
///
/// Layer: runtime, private.
#pragma once

#include "casty/core/ask_block.hpp"
#include "runtime/worker.hpp"

namespace casty::detail {

[[nodiscard]] inline ask_block* ask_of(envelope* head) noexcept {
  return reinterpret_cast<ask_block*>(head);
}
[[nodiscard]] inline ask_block* ask_of(timer_node* timer) noexcept {
  return reinterpret_cast<ask_block*>(reinterpret_cast<unsigned char*>(timer) -
                                      offsetof(ask_block, timer));
}

// The mapper of an ask that has ended without its block, or of a future's.
struct piped_end {
  piped_end(pipe* leads, ask_block* ended, errc why, std::uint32_t restarts) noexcept
      : into(leads), block(ended), failure(why), since(restarts) {}
  piped_end(const piped_end&) = delete;
  piped_end& operator=(const piped_end&) = delete;
  ~piped_end();

  pipe* into;
  ask_block* block;
  errc failure;
  std::uint32_t since;  // how often its actor had restarted by then
};

// A coroutine that waits for a future.
struct future_wait {
  target actor;
  std::coroutine_handle<> waiting;
  ask_block* block;
  bool cancelled = false;  // the coroutine was destroyed
};
struct woken {
  explicit woken(future_wait* by) noexcept : wait(by) {}
  woken(const woken&) = delete;
  woken& operator=(const woken&) = delete;
  ~woken();

  future_wait* wait;
};

// A claim on a future that is to end at its deadline.
struct guarded {
  explicit guarded(ask_block* of) noexcept : block(of) {}
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded();

  ask_block* block;
};

// Of an actor's ask: from here on it waits for ever, or is done with.
void cancel_timeout(ask_block* block) noexcept;
void deliver_answer(worker& here, ask_block* block) noexcept;
void expire_ask(worker& here, ask_block* block) noexcept;
void guard_future(worker& here, ask_block* block) noexcept;
// The same when there will be no timeout, for the system has ended.
void abandon_guard(ask_block* block) noexcept;
void wake_for_future(worker& here, future_wait* wait) noexcept;
// All asks that were to become messages of an actor that ends.
void abandon_piped(cell* actor) noexcept;
// And those whose answers stand in its mailbox; how many.
[[nodiscard]] std::uint64_t drop_piped_answers(cell* actor) noexcept;
// An answer that stood in a mailbox.
void drop_piped_answer(ask_block* block) noexcept;
// The message that a piped ask becomes, in the turn of its actor.
[[nodiscard]] envelope* unfold_pipe(cell* actor, envelope* sealed);

void release_holder(ask_block* block) noexcept;
void complete_future(ask_block* block) noexcept;
void let_go_of_future(ask_block* block) noexcept;
void destroy_answer(ask_block* block) noexcept;
// An answer that nobody waits for, told by a thread that runs no actors.
struct refused_answer {
  std::string_view name;
};
void count_refused(worker& here, std::string_view name) noexcept;
// A dead letter for an answer that comes too late.
void bury_answer(ask_block* block) noexcept;

}  // namespace casty::detail
