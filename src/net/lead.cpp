#include "net/lead.hpp"

#include <chrono>
#include <utility>

namespace casty::net {

namespace {

// Without a visitor for as long, the owner leads.
constexpr std::chrono::microseconds look_every{2000};
// And for as long where he has just given it up to one who wanted it, and may be gone by now.
constexpr std::chrono::microseconds look_soon{200};

}  // namespace

bool lead::take_as_visitor() noexcept {
  std::uint32_t free = nobodys;
  return state_.compare_exchange_strong(free, visited, std::memory_order_seq_cst,
                                        std::memory_order_relaxed);
}

// The owner says first that it sleeps, and then looks who has it: one of them sees the other.
void lead::give_back(bool is_there) noexcept {
  visits_.fetch_add(is_there ? 1 : 0, std::memory_order_relaxed);
  state_.store(nobodys, std::memory_order_seq_cst);
  if (sleeps_.load(std::memory_order_seq_cst)) {
    const std::lock_guard lock(guard_);
    sleeps_.store(false, std::memory_order_relaxed);
    changed_.notify_one();
  }
}

bool lead::take_as_owner() {
  std::unique_lock lock(guard_);
  std::chrono::microseconds look = is_wanted() ? look_soon : look_every;
  for (std::uint32_t seen = visits_.load(std::memory_order_relaxed);;) {
    changed_.wait_for(lock, std::exchange(look, look_every), [this] { return has_ended_; });
    if (has_ended_) {
      return false;
    }
    const std::uint32_t visits = visits_.load(std::memory_order_relaxed);
    if (visits != seen) {
      seen = visits;
      continue;
    }
    // Before it has the lead: who sees that and wants it then is not forgotten.
    is_wanted_.store(false, std::memory_order_relaxed);
    std::uint32_t free = nobodys;
    if (state_.compare_exchange_strong(free, owned, std::memory_order_seq_cst)) {
      return true;
    }
    sleeps_.store(true, std::memory_order_seq_cst);
    if (state_.load(std::memory_order_seq_cst) == visited) {
      changed_.wait(lock, [this] {
        return has_ended_ || !sleeps_.load(std::memory_order_relaxed);
      });
    }
    sleeps_.store(false, std::memory_order_relaxed);
  }
}

void lead::give_back_as_owner() noexcept {
  state_.store(nobodys, std::memory_order_seq_cst);
}

void lead::end() noexcept {
  const std::lock_guard lock(guard_);
  has_ended_ = true;
  changed_.notify_one();
}

}  // namespace casty::net
