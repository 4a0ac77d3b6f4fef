/// @file
/// Free lists that threads keep to themselves, refilled from a depot that all share.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "casty/core/block.hpp"
#include "runtime/sanitizers.hpp"

namespace casty::detail {

// Things move between threads by the batch. Nobody ever waits for the depot: a thread
// that finds it taken makes fresh things, or keeps its surplus until it comes again.
inline constexpr unsigned batch_size = 64;

// Invariants: whoever set `taken` alone touches the rest; a batch is a chain of things linked
// by `Traits::next`, whose first holds its size, in `Traits::count`, and the link to the next
// batch, by `Traits::follow`.
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
      count(held_.load(std::memory_order_relaxed) - Traits::count(first));
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
    count(held_.load(std::memory_order_relaxed) + Traits::count(first));
    unlock();
    return true;
  }
  // All batches, the first of them; null also when the depot is taken.
  thing* try_take_all() noexcept {
    if (!try_lock()) {
      return nullptr;
    }
    thing* first = batches_.exchange(nullptr, std::memory_order_relaxed);
    count(0);
    unlock();
    return first;
  }

  /// Things that lie here now.
  [[nodiscard]] std::size_t held() const noexcept {
    return held_.load(std::memory_order_relaxed);
  }
  /// The fewest that have lain here since this was asked last: so many nobody has needed.
  [[nodiscard]] std::size_t take_least() noexcept {
    return least_.exchange(held(), std::memory_order_relaxed);
  }

 private:
  bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }
  void count(std::size_t now) noexcept {
    held_.store(now, std::memory_order_relaxed);
    if (now < least_.load(std::memory_order_relaxed)) {
      least_.store(now, std::memory_order_relaxed);
    }
  }

  std::atomic<bool> taken_{false};
  std::atomic<thing*> batches_{nullptr};
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> least_{0};
};

// Things that were mapped together, and go back to the operating system together. Stands at
// the head of their memory. Used by whoever sorts what lies in the depot, one at a time.
template <class Thing>
struct mapped_group {
  Thing* idle;
  mapped_group* next;
  std::uint32_t idle_count;
  std::uint32_t capacity;
};

// Sorts what lies in the depot by where it was mapped, releases up to `most` things that lie
// there with all their neighbours, and puts the rest back. Gives how many were released.
template <class Traits>
std::size_t release_idle(depot<Traits>& shared, std::size_t most) noexcept {
  using thing = typename Traits::thing;
  mapped_group<thing>* groups = nullptr;
  for (thing* batch = shared.try_take_all(); batch != nullptr;) {
    thing* each = std::exchange(batch, Traits::following(batch));
    while (each != nullptr) {
      thing* following = Traits::next(each);
      mapped_group<thing>& of = Traits::group_of(each);
      if (of.idle_count++ == 0) {
        of.next = groups;
        groups = &of;
      }
      Traits::next(each) = of.idle;
      of.idle = each;
      each = following;
    }
  }
  std::size_t released = 0;
  while (groups != nullptr) {
    mapped_group<thing>& of = *std::exchange(groups, groups->next);
    thing* first = std::exchange(of.idle, nullptr);
    const std::uint32_t count = std::exchange(of.idle_count, 0U);
    if (count == of.capacity && released < most) {
      released += count;
      Traits::release(of);
      continue;
    }
    Traits::count(first) = count;
    while (!shared.try_give(first)) {
      // Whoever has taken it gives it back within a few instructions.
    }
  }
  return released;
}

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

/// What this thread keeps for itself goes to the depots; what has lain in them since the call
/// before goes back to the operating system, but for a reserve. True when another call, after
/// a while, may release more.
[[nodiscard]] bool release_idle_memory() noexcept;
// The parts of it. One thread at a time.
[[nodiscard]] bool release_idle_blocks() noexcept;
[[nodiscard]] bool release_idle_cells() noexcept;

// Of each depot so many bytes are kept, for the next peak.
inline constexpr std::size_t reserve_bytes = 1024 * 1024;

// For a depot of things of this size: releases what nobody has needed since the last look.
// True when there was more than is kept in reserve, so that another look is due.
template <class Traits>
bool release_surplus(depot<Traits>& shared, std::size_t thing_bytes) noexcept {
  const std::size_t reserve = reserve_bytes / thing_bytes;
  if (shared.held() <= reserve) {
    return false;
  }
  const std::size_t least = shared.take_least();
  if (least <= reserve) {
    return true;  // it was in use a moment ago
  }
  return release_idle(shared, least - reserve) != 0;
}

/// Slabs that the pools took from the operating system so far: none in a steady state.
[[nodiscard]] std::uint64_t fresh_slabs() noexcept;
void count_fresh_slab() noexcept;

}  // namespace casty::detail
