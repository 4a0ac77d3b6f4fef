#include "runtime/senders.hpp"

#include <atomic>
#include <new>

#include "runtime/engine.hpp"

namespace casty::detail {

namespace {

// Of one thread at a time. Never freed: others may be looking at it.
struct alignas(64) announcement {
  std::atomic<const port*> to{nullptr};
  std::atomic<bool> is_taken{true};
  announcement* next = nullptr;  // written before it is published
};

constinit std::atomic<announcement*> all_announcements{nullptr};

announcement& take_announcement() {
  for (announcement* each = all_announcements.load(std::memory_order_acquire); each != nullptr;
       each = each->next) {
    bool taken = false;
    if (each->is_taken.compare_exchange_strong(taken, true, std::memory_order_acq_rel)) {
      return *each;
    }
  }
  auto* made = new announcement;
  made->next = all_announcements.load(std::memory_order_relaxed);
  while (!all_announcements.compare_exchange_weak(made->next, made, std::memory_order_seq_cst,
                                                  std::memory_order_relaxed)) {
  }
  return *made;
}

constinit thread_local announcement* mine = nullptr;

// Gives it back at the end of the thread. Whoever sends after that takes one for good.
struct announcer {
  announcer() noexcept { mine = &take_announcement(); }
  announcer(const announcer&) = delete;
  announcer& operator=(const announcer&) = delete;
  ~announcer() {
    mine->is_taken.store(false, std::memory_order_release);
    mine = &take_announcement();
  }
};

announcement& of_this_thread() {
  if (mine == nullptr) [[unlikely]] {
    thread_local const announcer own;
  }
  return *mine;
}

}  // namespace

void post_far(envelope* sealed) noexcept {
  cell* actor = sealed->actor;
  announcement& own = of_this_thread();
  port* to = home_of(actor);
  for (port* before = nullptr; to != before;) {
    before = to;
    own.to.store(to, std::memory_order_seq_cst);
    port* again = __atomic_load_n(&actor->owner, __ATOMIC_SEQ_CST);
    to = again == nullptr ? last_owner_of(actor) : without_mark(again);
  }
  engine::send_to(*to, sealed);
  own.to.store(nullptr, std::memory_order_release);
}

bool is_announced(const port& inbox) noexcept {
  for (const announcement* each = all_announcements.load(std::memory_order_seq_cst);
       each != nullptr; each = each->next) {
    if (each->to.load(std::memory_order_seq_cst) == &inbox) {
      return true;
    }
  }
  return false;
}

}  // namespace casty::detail
