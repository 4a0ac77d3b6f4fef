#include "runtime/senders.hpp"

#include <atomic>
#include <new>
#include <utility>

#include "runtime/asking.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

// Of one thread at a time. Never freed: others may be looking at it.
struct alignas(64) announcement {
  std::atomic<const port*> to{nullptr};
  std::atomic<std::uint64_t> since{0};  // the last hand-over that it has heard of
  std::atomic<bool> is_taken{true};
  announcement* next = nullptr;  // written before it is published
};

namespace {

// Read by each send, written by few: on a line of its own.
struct alignas(64) read_by_all {
  std::atomic<std::uint64_t> hand_overs{0};
  std::atomic<announcement*> announced{nullptr};
};

constinit read_by_all shared;

announcement& take_announcement() {
  for (announcement* each = shared.announced.load(std::memory_order_acquire); each != nullptr;
       each = each->next) {
    bool taken = false;
    if (each->is_taken.compare_exchange_strong(taken, true, std::memory_order_acq_rel)) {
      return *each;
    }
  }
  auto* made = new announcement;
  made->next = shared.announced.load(std::memory_order_relaxed);
  while (!shared.announced.compare_exchange_weak(made->next, made, std::memory_order_seq_cst,
                                                 std::memory_order_relaxed)) {
  }
  return *made;
}

void give_back(announcement& taken) noexcept {
  taken.is_taken.store(false, std::memory_order_release);
}

constinit thread_local announcement* mine = nullptr;
constinit thread_local bool has_ended = false;

// The thread's own, from its first send to its end.
struct announcer {
  announcer() noexcept { mine = &take_announcement(); }
  announcer(const announcer&) = delete;
  announcer& operator=(const announcer&) = delete;
  ~announcer() {
    give_back(*std::exchange(mine, nullptr));
    has_ended = true;
  }
};

[[gnu::noinline]] announcement& first_or_last() noexcept {
  if (has_ended) {
    return take_announcement();  // for this send alone
  }
  thread_local const announcer own;
  return *mine;
}

announcement& of_this_thread() noexcept {
  return mine == nullptr ? first_or_last() : *mine;
}

// The actor died so long ago that its cell has no memory any more, and nobody knows where it
// lived: whoever runs actors here counts it. The worker of an ask knows its timer.
void post_to_nobody(envelope* sealed) noexcept {
  if (sealed->kind == envelope_kind::answer) {
    engine::send_to(*ask_of(sealed)->home, sealed);
  } else if (worker_here != nullptr) {
    worker_here->deliver(sealed);
  } else {
    engine::send_to(*last_owner_of(sealed->actor), sealed);
  }
}

}  // namespace

sending::sending(const cell* actor) noexcept
    : said_(of_this_thread()),
      to_(without_mark(__atomic_load_n(&actor->owner, __ATOMIC_ACQUIRE))) {
  said_.since.store(shared.hand_overs.load(std::memory_order_seq_cst), std::memory_order_release);
  const port* announced = nullptr;
  do {
    announced = to_;
    said_.to.store(announced, std::memory_order_seq_cst);
    to_ = without_mark(__atomic_load_n(&actor->owner, __ATOMIC_SEQ_CST));
  } while (to_ != announced);
}

sending::~sending() {
  said_.to.store(nullptr, std::memory_order_release);
  if (&said_ != mine) [[unlikely]] {
    give_back(said_);
  }
}

// Another system may have the cell by now: what is told to the one that has ended is counted where
// it is told.
[[nodiscard]] static bool has_ended_for(const envelope* sealed) noexcept {
  return worker_here != nullptr && sealed->kind == envelope_kind::message &&
         load(sealed->actor->generation) != sealed->generation;
}

// In one piece: each message between workers comes this way.
[[gnu::flatten]] void post_far(envelope* sealed) noexcept {
  if (has_ended_for(sealed)) [[unlikely]] {
    worker_here->deliver(sealed);
    return;
  }
  port* to = nullptr;
  bool is_taken = false;
  {
    const sending begun(sealed->actor);
    to = begun.to();
    is_taken = to != nullptr && to != port_here && engine::push_to(*to, sealed);
  }
  if (to == nullptr) [[unlikely]] {
    post_to_nobody(sealed);
  } else if (to == port_here) [[unlikely]] {
    worker_here->keep_early(sealed);
  } else {
    engine::end_send(*to, sealed, is_taken);
  }
}

std::uint64_t number_hand_over() noexcept {
  return shared.hand_overs.fetch_add(1, std::memory_order_seq_cst) + 1;
}

bool is_sent_to(const port& inbox, std::uint64_t hand_over) noexcept {
  for (const announcement* each = shared.announced.load(std::memory_order_seq_cst);
       each != nullptr; each = each->next) {
    // In this order: what it has heard of is then that of the send which it says, or of a later
    // one, and that of a later one means that this is over.
    if (each->to.load(std::memory_order_seq_cst) == &inbox &&
        each->since.load(std::memory_order_acquire) < hand_over) {
      return true;
    }
  }
  return false;
}

std::size_t announcements() noexcept {
  std::size_t count = 0;
  for (const announcement* each = shared.announced.load(std::memory_order_acquire);
       each != nullptr; each = each->next) {
    ++count;
  }
  return count;
}

}  // namespace casty::detail
