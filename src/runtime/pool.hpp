/// @file
/// Free lists that threads keep to themselves, refilled from a depot that all share.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

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

// One thread's free list.
template <class Traits>
class free_list {
 public:
  using thing = typename Traits::thing;

  // Null when the list is empty.
  thing* take() noexcept {
    thing* taken = first_;
    if (taken != nullptr) [[likely]] {
      first_ = Traits::next(taken);
      --count_;
    }
    return taken;
  }
  // Fetches a batch for an empty list; false when a fresh thing must be made.
  bool restock(depot<Traits>& shared) noexcept {
    first_ = shared.try_take();
    count_ = first_ == nullptr ? 0 : Traits::count(first_);
    return first_ != nullptr;
  }
  void give(thing* back, depot<Traits>& shared) noexcept {
    Traits::next(back) = first_;
    first_ = back;
    if (++count_ >= 2 * batch_size) [[unlikely]] {
      give_batch(batch_size, shared);
    }
  }
  // At the end of a thread: what others can use goes to them.
  void give_all(depot<Traits>& shared) noexcept {
    if (count_ > 0) {
      give_batch(count_, shared);
    }
  }

 private:
  [[gnu::noinline]] void give_batch(unsigned size, depot<Traits>& shared) noexcept {
    thing* last = first_;
    for (unsigned each = 1; each < size; ++each) {
      last = Traits::next(last);
    }
    thing* rest = Traits::next(last);
    Traits::next(last) = nullptr;
    Traits::count(first_) = size;
    if (shared.try_give(first_)) {
      first_ = rest;
      count_ -= size;
    } else {
      Traits::next(last) = rest;
    }
  }

  thing* first_ = nullptr;
  unsigned count_ = 0;
};

/// Slabs that the pools took from the operating system so far: none in a steady state.
[[nodiscard]] std::uint64_t fresh_slabs() noexcept;
void count_fresh_slab() noexcept;

}  // namespace casty::detail
