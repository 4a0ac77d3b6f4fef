/// @file
/// The cell of an actor: what the runtime keeps of it. 120 bytes, closure included; what
/// few actors need stands in an extension.
///
/// Layer: runtime, private.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "casty/core/address.hpp"
#include "casty/core/ask_block.hpp"
#include "casty/core/behavior.hpp"
#include "casty/core/closure.hpp"
#include "casty/core/layer.hpp"
#include "runtime/inbox.hpp"
#include "runtime/timer_wheel.hpp"

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
  // Takes all out at once: gives the last, whose `next` is the first; null when empty.
  [[nodiscard]] envelope* take_all() noexcept { return std::exchange(last_, nullptr); }
  // The first of those taken. Of one that is alone it is known without reading its link,
  // which has only just been written: the processor goes on while it looks.
  [[nodiscard]] static envelope* first_of(envelope* last) noexcept {
    if (last == nullptr) {
      return nullptr;
    }
    envelope* first = last->next;
    if (first == last) [[likely]] {
      asm("" : "=r"(first) : "0"(last));  // or the compiler would say `last->next` all the same
    }
    return first;
  }
  // What stands between these two becomes the content of an empty queue.
  void take_over(envelope* first, envelope* last) noexcept {
    last->next = first;
    last_ = last;
  }
  // Takes the first of this kind out; null when there is none.
  [[nodiscard]] envelope* take_first(envelope_kind kind) noexcept {
    if (last_ == nullptr) {
      return nullptr;
    }
    for (envelope* before = last_;; before = before->next) {
      envelope* each = before->next;
      if (each->kind == kind) {
        before->next = each->next;
        if (each == last_) {
          last_ = before == each ? nullptr : before;
        }
        return each;
      }
      if (each == last_) {
        return nullptr;
      }
    }
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

struct mailbox_bound;
struct timers_of_actor;
struct worker;

// An actor of one incarnation, as a key.
struct identity {
  const cell* actor;
  std::uint32_t generation;

  friend bool operator==(const identity&, const identity&) = default;
};

// What an actor keeps of one that it watches.
struct watch_of {
  const envelope* end;  // that it is told: another one is of a watch that was taken back
  bool is_child;
};

struct identity_hash {
  std::size_t operator()(const identity& of) const noexcept {
    return (reinterpret_cast<std::size_t>(of.actor) >> 3) ^
           (std::size_t{of.generation} * 0x9E3779B97F4A7C15U);
  }
};

// For containers whose nodes come and go with messages: these come from the pool.
template <class Thing>
struct block_allocator {
  using value_type = Thing;

  block_allocator() noexcept = default;
  template <class Other>
  block_allocator(const block_allocator<Other>&) noexcept {}
  [[nodiscard]] Thing* allocate(std::size_t count) {
    return static_cast<Thing*>(count == 1 ? allocate_block(sizeof(Thing))
                                          : ::operator new(count * sizeof(Thing)));
  }
  void deallocate(Thing* things, std::size_t count) noexcept {
    if (count == 1) {
      free_block(things, sizeof(Thing));
    } else {
      ::operator delete(things);
    }
  }
  friend bool operator==(const block_allocator&, const block_allocator&) noexcept {
    return true;
  }
};

// A handler that waits: its coroutine, and the message it handles.
struct waiting_handler {
  envelope* sealed = nullptr;
  const task_operations* operations = nullptr;
  alignas(8) unsigned char task[8];
};

// Something to happen at a time, on the worker's thread.
struct alarm : timer_node {
  void (*ring)(worker& here, alarm& rung) noexcept = nullptr;
  cell* actor = nullptr;
};

// What stands around the behavior of an actor, the innermost first.
struct layer {
  layer(layer* around, behavior_base&& what) noexcept : outer(around), kept(std::move(what)) {}

  layer* outer;
  behavior_base kept;
  bool started = false;                // its hook `pre_start` has run
  std::vector<std::int64_t> restarts;  // when, within the window of its strategy
  std::int64_t last_restart = INT64_MIN;  // when it was, or will be, done
  std::uint32_t streak = 0;            // restarts without a long rest between
};

// A restart under way.
struct restart_plan {
  restart_plan() = default;
  restart_plan(const restart_plan&) = delete;
  restart_plan& operator=(const restart_plan&) = delete;
  ~restart_plan() { timer_wheel::cancel(wakes); }

  layer* from = nullptr;  // entered anew; what stands inside goes
  std::exception_ptr failure;
  duration delay;
  bool waited = false;
  alarm wakes;
};

// Coroutines to be gone on with, in order. Most often one.
class resume_list {
 public:
  void push(std::coroutine_handle<> handle) {
    if (size_ == 0) {
      first_ = handle;
    } else {
      rest_.push_back(handle);
    }
    ++size_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::coroutine_handle<> take(std::size_t position) noexcept {
    return std::exchange(position == 0 ? first_ : rest_[position - 1], nullptr);
  }
  void forget(std::coroutine_handle<> handle) noexcept {
    first_ = first_ == handle ? nullptr : first_;
    for (std::coroutine_handle<>& each : rest_) {
      each = each == handle ? nullptr : each;
    }
  }
  void clear() noexcept {
    if (size_ > 1) [[unlikely]] {
      rest_.clear();
    }
    first_ = nullptr;
    size_ = 0;
  }

 private:
  std::coroutine_handle<> first_;
  std::size_t size_ = 0;
  std::vector<std::coroutine_handle<>> rest_;
};

// What few actors need.
struct extension {
  extension();
  extension(const extension&) = delete;
  extension& operator=(const extension&) = delete;
  ~extension();

  static void* operator new(std::size_t bytes) {
    return allocate_block(static_cast<std::uint32_t>(bytes));
  }
  static void operator delete(void* block, std::size_t bytes) noexcept {
    free_block(block, static_cast<std::uint32_t>(bytes));
  }

  path_text* path = nullptr;             // of a named actor
  path_text* as_parent = nullptr;        // of one without, once a child has asked for it
  std::uint32_t first_child = 0;         // a cell's number; 0: none
  std::uint32_t children = 0;            // also those on other workers
  std::vector<target> far;               // those on threads of their own
  std::vector<target> lent;              // those that idle workers have taken over
  std::optional<behavior_base> initial;  // until the actor begins
  layer* layers = nullptr;
  layer* base = nullptr;   // the innermost of those that the actor was spawned with
  bool base_open = false;  // those are being entered
  bool begun = true;       // its first start has succeeded: it has been announced
  std::unique_ptr<restart_plan> restart;
  std::uint32_t restarts = 0;  // since it was spawned
  std::vector<std::exception_ptr> escalated;  // by children
  waiting_handler waiting;
  resume_list resume;                    // what the handler goes on with
  alignas(8) unsigned char context[8];
  envelope_queue stash;
  envelope_queue unstashed;              // goes in front of the mailbox when the turn ends
  envelope* watchers = nullptr;          // sent off at the end, see watching.cpp
  std::unordered_map<identity, watch_of, identity_hash, std::equal_to<>,
                     block_allocator<std::pair<const identity, watch_of>>>
      watched;
  ask_block* piped = nullptr;
  envelope_queue held;                   // answers that wait to leave: heads of their asks
  std::uint32_t open_asks = 0;           // whose timers are set, on its worker
  std::unique_ptr<timers_of_actor> timers;
  std::unique_ptr<mailbox_bound> bound;
};

static_assert(sizeof(extension) <= pooled_units * block_unit);

enum cell_flag : std::uint16_t {
  scheduled = 1,         // stands in the run queue, or has a turn of messages alone
  starting = 2,          // its setup is still to run
  waiting = 4,           // a handler is suspended: no message is taken
  resumable = 8,         // the suspended handler can go on
  stop_requested = 16,   // takes no further message
  stopping = 32,         // waits for its children to be gone
  restart_requested = 64,
  restarting = 128,      // waits for its children to be gone
  gone = 256,            // has stopped; to be freed at the end of its turn
  unadopted = 512,       // its worker has not heard of it yet: made elsewhere, or on its way
  child_failed = 1024,   // a child has escalated its failure
  bounded = 2048,        // its mailbox is
  idle_timed = 4096,     // wants to hear that no message came
  yielding = 8192,       // its turn ends after this message
  lent = 16384,          // its parent's worker is another, which keeps it in its list `lent`
  holding = 32768,       // answers that it gives are kept until they may leave: see holding.cpp
  // Whatever makes a turn more than the taking of messages.
  needs_attention = starting | waiting | resumable | stop_requested | stopping |
                    restart_requested | restarting | gone | child_failed | yielding,
  // No message is put into the mailbox any more.
  ending = stop_requested | stopping,
  // More is to be done with messages that come, or with those taken.
  watchful = ending | bounded,
  // The mailbox is not looked at: something else schedules the actor.
  busy = scheduled | waiting | restarting | unadopted,
};

// Threads: `owner`, `generation`, `number`, `room` and `parent` are read by any thread,
// through `load`; all else belongs to the thread of the owner, but that of an actor on its way
// to the one it comes from, and `next_sibling` of one that is lent to that of its parent, for
// which it is a position in the list `lent`.
struct cell : cell_head {
  const behavior_operations* operations;
  envelope_queue mail;
  cell* run_next;
  cell* parent;  // null: lives on its own
  extension* more;
  std::uint32_t number_low;  // see number_of
  std::uint32_t next_sibling;
  std::uint32_t previous_sibling;
  std::uint16_t flags;
  std::uint16_t number_high;
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

// Unique in its system: the incarnation, for people. 48 bits: a million a second for nine
// years.
[[nodiscard]] inline std::uint64_t number_of(const cell* actor) noexcept {
  return std::uint64_t{load(actor->number_high)} << 32 | load(actor->number_low);
}
inline void give_number(cell* actor, std::uint64_t number) noexcept {
  store(actor->number_high, static_cast<std::uint16_t>(number >> 32));
  __atomic_store_n(&actor->number_low, static_cast<std::uint32_t>(number), __ATOMIC_RELEASE);
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
/// Where a dead actor lived, or one like it, whose cell has no memory any more.
[[nodiscard]] port* last_owner_of(const cell* released) noexcept;
/// Cells by number, from 1: half of a pointer, for the lists of siblings.
[[nodiscard]] std::uint32_t cell_number(const cell* actor) noexcept;
[[nodiscard]] cell* cell_at(std::uint32_t number) noexcept;

}  // namespace casty::detail
