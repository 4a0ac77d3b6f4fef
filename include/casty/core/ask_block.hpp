/// @file
/// The block that one ask lives in: the asker's side, the claims of the repliers, and
/// room for the answer. It travels back as the envelope of the answer.
///
/// Layer: core. Made and freed by the runtime.
#pragma once

#include <cstdint>
#include <type_traits>

#include "casty/core/duration.hpp"
#include "casty/core/envelope.hpp"

namespace casty::detail {

struct engine;
struct port;
struct ask_block;

struct timer_node {
  timer_node* next = nullptr;
  timer_node* previous = nullptr;
  std::int64_t due = 0;
};

// Where the asker stands. Changed only by the thread that runs the asker; the asks of
// ordinary threads have `word` instead.
enum class ask_phase : std::uint8_t {
  open,       // nobody waits yet
  awaited,    // a coroutine of the asker is suspended on it
  piped,      // the answer becomes a message to the asker
  ready,      // the answer, or the failure, is there
  expired,    // the asker was told of a timeout; the answer is still out
  abandoned,  // the asker has let go of it
};

// An answer on its way to become a message of the asker.
struct pipe {
  // Seals the message made of the answer in `block`, or of `failure` where it is null.
  envelope* (*make)(pipe* self, const target& to, ask_block* block, errc failure);
  void (*destroy)(pipe* self) noexcept;
};

// Threads: the answer and `failure` belong to whoever holds the right to answer, then to
// the asker. `claims`, `holders`, `answered` and `word` are atomic. All else is the asker's.
struct ask_block {
  envelope head;           // `operations` describe the answer
  std::uint32_t claims;    // copies of reply_to
  std::uint32_t holders;   // those copies together, the answer under way, a future, a guard
  std::uint32_t word;      // of a future: see future.cpp
  std::uint8_t answered;   // the first answer wins
  errc failure;            // errc{} when the block holds an answer
  ask_phase phase;
  bool of_thread;          // asked by an ordinary thread: a future
  timer_node timer;        // `due` is the deadline
  port* home;              // a way to the system, also when that is gone
  void* waiting;           // awaited: the coroutine; piped: the pipe; then: what it calls
  void (*then)(ask_block* block, errc failure) noexcept;
  ask_block* next_of_actor;      // the piped asks of an actor, which end with it
  ask_block* previous_of_actor;
};

template <class Answer>
inline constexpr std::uint32_t answer_offset =
    (sizeof(ask_block) + alignof(Answer) - 1) / alignof(Answer) * alignof(Answer);

template <class Answer>
inline constexpr std::uint32_t answer_bytes =
    (answer_offset<Answer> + static_cast<std::uint32_t>(sizeof(Answer)) + block_unit - 1) /
    block_unit * block_unit;

template <class Answer>
inline constexpr message_operations answer_operations{
    std::is_trivially_destructible_v<Answer> ? nullptr : &destroy_message<Answer>,
    answer_offset<Answer>, answer_bytes<Answer>, chain_of(answer_bytes<Answer>),
    meta::type_name<Answer>};

template <class Answer>
[[nodiscard]] Answer& answer_in(ask_block* block) noexcept {
  return *std::launder(reinterpret_cast<Answer*>(reinterpret_cast<unsigned char*>(block) +
                                                 answer_offset<Answer>));
}

// Leaves a dead letter. Gives false.
[[nodiscard]] bool refuse_second_answer(ask_block* block,
                                        const message_operations& answer) noexcept;
// The right to answer: true for the first of all copies. False leaves a dead letter.
[[nodiscard]] inline bool begin_answer(ask_block* block,
                                       const message_operations& answer) noexcept {
  std::uint8_t before = 0;
  if (__atomic_load_n(&block->claims, __ATOMIC_ACQUIRE) == 1) {
    before = __atomic_load_n(&block->answered, __ATOMIC_ACQUIRE);
    __atomic_store_n(&block->answered, std::uint8_t{1}, __ATOMIC_RELAXED);
  } else {
    before = __atomic_exchange_n(&block->answered, std::uint8_t{1}, __ATOMIC_ACQ_REL);
  }
  return before == 0 || refuse_second_answer(block, answer);
}
// Sends the answer, or the failure, to the asker. Gives up the caller's claim.
void finish_answer(ask_block* block, errc failure) noexcept;
// One more, or one less, copy of a reply_to; the last one gone unanswered fails the ask.
void add_claim(ask_block* block) noexcept;
void drop_claim(ask_block* block) noexcept;
// An answer that nobody waits for: a dead letter.
void refuse_answer(port* home, const message_operations& answer) noexcept;

}  // namespace casty::detail
