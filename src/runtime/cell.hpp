/// @file
/// The cell of an actor: what the runtime keeps of it. 120 bytes, closure included; what
/// few actors need stands in an extension.
///
/// Layer: runtime, private.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "casty/core/address.hpp"
#include "casty/core/ask_block.hpp"
#include "casty/core/behavior.hpp"
#include "casty/core/closure.hpp"
#include "runtime/inbox.hpp"

namespace casty::detail {

// A first-in first-out list of envelopes in one word: the last one, whose `next` is the
// first.
class envelope_queue {
 public:
  [[nodiscard]] bool empty() const noexcept { return last_ == nullptr; }
  void push(envelope* sealed) noexcept {
    if (last_ == nullptr) {
      sealed->next = sealed;
    } else {
      sealed->next = last_->next;
      last_->next = sealed;
    }
    last_ = sealed;
  }
  [[nodiscard]] envelope* pop() noexcept {
    envelope* first = last_->next;
    if (first == last_) {
      last_ = nullptr;
    } else {
      last_->next = first->next;
    }
    return first;
  }
  // Puts all of `after` behind, and leaves it empty.
  void append(envelope_queue& after) noexcept {
    after.prepend(*this);
    std::swap(last_, after.last_);
  }
  [[nodiscard]] std::uint64_t size() const noexcept {
    std::uint64_t count = 0;
    for (const envelope* each = last_; each != nullptr;
         each = each->next == last_ ? nullptr : each->next) {
      ++count;
    }
    return count;
  }
  // Puts all of `before` in front, and leaves it empty.
  void prepend(envelope_queue& before) noexcept {
    if (before.last_ == nullptr) {
      return;
    }
    if (last_ == nullptr) {
      last_ = before.last_;
    } else {
      envelope* first = last_->next;
      last_->next = before.last_->next;
      before.last_->next = first;
    }
    before.last_ = nullptr;
  }

 private:
  envelope* last_ = nullptr;
};

// An actor of one incarnation, as a key.
struct identity {
  const cell* actor;
  std::uint32_t generation;

  friend bool operator==(const identity&, const identity&) = default;
};

struct identity_hash {
  std::size_t operator()(const identity& of) const noexcept {
    return (reinterpret_cast<std::size_t>(of.actor) >> 3) ^
           (std::size_t{of.generation} * 0x9E3779B97F4A7C15U);
  }
};

// A handler that waits: its coroutine, and the message it handles.
struct waiting_handler {
  envelope* sealed = nullptr;
  const task_operations* operations = nullptr;
  alignas(8) unsigned char task[8];
};

// What few actors need.
struct extension {
  path_text* path = nullptr;             // of a named actor
  std::uint32_t first_child = 0;         // a cell's number; 0: none
  std::uint32_t children = 0;
  std::optional<behavior_base> initial;  // the setup to run at a restart
  waiting_handler waiting;
  std::vector<std::coroutine_handle<>> resume;  // what the handler goes on with, in order
  alignas(8) unsigned char context[8];
  envelope_queue stash;
  envelope_queue unstashed;              // goes in front of the mailbox when the turn ends
  envelope* watchers = nullptr;          // sent off at the end, see watching.cpp
  std::unordered_set<identity, identity_hash> watched;
  ask_block* piped = nullptr;
};

enum cell_flag : std::uint16_t {
  scheduled = 1,         // stands in the run queue
  starting = 2,          // its setup is still to run
  waiting = 4,           // a handler is suspended: no message is taken
  resumable = 8,         // the suspended handler can go on
  stop_requested = 16,   // takes no further message
  stopping = 32,         // waits for its children to be gone
  restart_requested = 64,
  restarting = 128,      // waits for its children to be gone
  gone = 256,            // has stopped; to be freed at the end of its turn
  unadopted = 512,       // made by another thread, its worker has not heard of it yet
  // Whatever makes a turn more than the taking of messages.
  needs_attention = starting | waiting | resumable | stop_requested | stopping |
                    restart_requested | restarting | gone,
  // No message is put into the mailbox any more.
  ending = stop_requested | stopping,
  // The mailbox is not looked at: something else schedules the actor.
  busy = scheduled | waiting | restarting | unadopted,
};

// Threads: `owner`, `generation`, `number` and `parent` are read by any thread, through
// `load`; all else belongs to the thread of the owner.
struct cell {
  port* owner;
  const behavior_operations* operations;
  envelope_queue mail;
  cell* run_next;
  cell* parent;  // null: lives on its own
  extension* more;
  std::uint64_t number;  // unique in its system: the incarnation, for people
  std::uint32_t generation;
  std::uint16_t flags;
  std::uint16_t unused;
  std::uint32_t next_sibling;
  std::uint32_t previous_sibling;
  alignas(8) unsigned char slot[slot_bytes];
};

static_assert(sizeof(cell) == 120);

template <class Word>
[[nodiscard]] Word load(const Word& word) noexcept {
  return __atomic_load_n(&word, __ATOMIC_RELAXED);
}
template <class Word>
void store(Word& word, std::type_identity_t<Word> value) noexcept {
  __atomic_store_n(&word, value, __ATOMIC_RELAXED);
}

[[nodiscard]] inline target target_of(const cell* actor) noexcept {
  return {const_cast<cell*>(actor), load(actor->generation), 0};
}

[[nodiscard]] inline extension& extension_of(cell* actor) {
  if (actor->more == nullptr) {
    actor->more = new extension;
  }
  return *actor->more;
}

/// A cell of a generation never used before. It is for ever readable.
[[nodiscard]] cell* allocate_cell();
/// Takes back a cell whose generation has been advanced.
void free_cell(cell* actor) noexcept;
/// Cells by number, from 1: half of a pointer, for the lists of siblings.
[[nodiscard]] std::uint32_t cell_number(const cell* actor) noexcept;
[[nodiscard]] cell* cell_at(std::uint32_t number) noexcept;

}  // namespace casty::detail
