/// @file
/// Free lists that threads keep to themselves, refilled from a depot that all share.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "casty/core/block.hpp"
#include "runtime/sanitizers.hpp"

namespace casty::detail {

// Things move between threads by the batch. Nobody ever waits for the depot: a thread
// that finds it taken makes fresh things, or keeps its surplus until it comes again.
inline constexpr unsigned batch_size = 64;

// Invariants: whoever set `taken` alone touches `batches`; a batch is a chain of things
// linked by `Traits::next`, whose first holds its size, in `Traits::count`, and the link
// to the next batch, by `Traits::follow`.
template <class Traits>
class depot {
 public:
  using thing = typename Traits::thing;

  // A whole batch, or null when there is none or the depot is taken.
  thing* try_take() noexcept {
    if (batches_.load(std::memory_order_relaxed) == nullptr || !try_lock()) {
      return nullptr;
    }
    thing* first = batches_.load(std::memory_order_relaxed);
    if (first != nullptr) {
      batches_.store(Traits::following(first), std::memory_order_relaxed);
    }
    unlock();
    return first;
  }
  bool try_give(thing* first) noexcept {
    if (!try_lock()) {
      return false;
    }
    Traits::follow(first, batches_.load(std::memory_order_relaxed));
    batches_.store(first, std::memory_order_relaxed);
    unlock();
    return true;
  }

 private:
  bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

  std::atomic<bool> taken_{false};
  std::atomic<thing*> batches_{nullptr};
};

// What a thread does with its chain of free things.

// Fetches a batch for an empty chain; false when a fresh thing must be made.
template <class Traits>
bool restock(free_chain<typename Traits::thing>& own, depot<Traits>& shared) noexcept {
  own.first = shared.try_take();
  own.count = own.first == nullptr ? 0 : Traits::count(own.first);
  return own.first != nullptr;
}

template <class Traits>
[[gnu::noinline]] void give_batch(free_chain<typename Traits::thing>& own, unsigned size,
                                  depot<Traits>& shared) noexcept {
  typename Traits::thing* last = own.first;
  for (unsigned each = 1; each < size; ++each) {
    last = Traits::next(last);
  }
  typename Traits::thing* rest = Traits::next(last);
  Traits::next(last) = nullptr;
  Traits::count(own.first) = size;
  if (shared.try_give(own.first)) {
    own.first = rest;
    own.count -= size;
  } else {
    Traits::next(last) = rest;
  }
}

template <class Traits>
void give(typename Traits::thing* back, free_chain<typename Traits::thing>& own,
          depot<Traits>& shared) noexcept {
  Traits::next(back) = own.first;
  own.first = back;
  if (++own.count >= 2 * batch_size) [[unlikely]] {
    give_batch(own, batch_size, shared);
  }
}

// At the end of a thread: what others can use goes to them.
template <class Traits>
void give_all(free_chain<typename Traits::thing>& own, depot<Traits>& shared) noexcept {
  if (own.count > 0) {
    give_batch(own, own.count, shared);
  }
}

/// Slabs that the pools took from the operating system so far: none in a steady state.
[[nodiscard]] std::uint64_t fresh_slabs() noexcept;
void count_fresh_slab() noexcept;

}  // namespace casty::detail
