/// @file
/// What threads have left over, for others to take: as it came, or sorted by where it was
/// mapped, so that it can go back to the operating system.
///
/// Layer: runtime, private.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>

namespace casty::detail {

// Things move between threads by the batch.
inline constexpr unsigned batch_size = 64;

// Held for some instructions, or for the sorting of a batch: who waits does so a moment.
class brief_lock {
 public:
  [[nodiscard]] bool try_lock() noexcept {
    return !taken_.exchange(true, std::memory_order_acquire);
  }
  void lock() noexcept {
    while (!try_lock()) {
      std::this_thread::yield();  // its holder may be kept waiting for this core
    }
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

// Things that were mapped together, and go back to the operating system together. Stands at
// the head of their memory.
template <class Thing>
struct mapped_group {
  Thing* idle;  // those of them that lie on the shelf
  mapped_group* next;
  mapped_group* previous;
  std::uint32_t idle_count;
  std::uint32_t capacity;  // more than there are: it never goes back
};

// Groups of which things lie here. Invariants: whoever holds the lock alone touches the list,
// its groups, and the things that lie in them; a group of which none lies here is not listed.
template <class Traits>
class shelf {
 public:
  using thing = typename Traits::thing;
  using group = mapped_group<thing>;

  // Sorts up to `most` of this chain; gives the rest of it.
  [[nodiscard]] thing* put(thing* first, unsigned most) noexcept {
    guard_.lock();
    for (; first != nullptr && most != 0; --most) {
      thing* each = std::exchange(first, Traits::next(first));
      group& of = Traits::group_of(each);
      Traits::next(each) = of.idle;
      of.idle = each;
      if (of.idle_count == 0) {
        link(of, partial_);
      }
      if (++of.idle_count == of.capacity) {
        unlink(of, partial_);
        link(of, whole_);
      }
    }
    guard_.unlock();
    return first;
  }
  // Up to a batch, of one group, rather of one that cannot go back now; null when there is
  // none, or the shelf is taken.
  [[nodiscard]] thing* try_take(unsigned& count) noexcept {
    if (!guard_.try_lock()) {
      return nullptr;
    }
    group*& from = partial_ != nullptr ? partial_ : whole_;
    thing* first = nullptr;
    if (from != nullptr) {
      group& of = *from;
      unlink(of, from);
      first = of.idle;
      count = std::min(batch_size, of.idle_count);
      thing* last = first;
      for (unsigned each = 1; each < count; ++each) {
        last = Traits::next(last);
      }
      of.idle = std::exchange(Traits::next(last), nullptr);
      of.idle_count -= count;
      if (of.idle_count != 0) {
        link(of, partial_);
      }
    }
    guard_.unlock();
    return first;
  }
  // One of which all things lie here: then nobody else can come by it. Null when there is none.
  [[nodiscard]] group* take_whole() noexcept {
    guard_.lock();
    group* found = whole_;
    if (found != nullptr) {
      unlink(*found, whole_);
    }
    guard_.unlock();
    return found;
  }
  // One that was taken, and cannot go back after all.
  void put_back(group& of) noexcept {
    guard_.lock();
    link(of, partial_);
    guard_.unlock();
  }

 private:
  static void link(group& of, group*& first) noexcept {
    of.previous = nullptr;
    of.next = first;
    if (first != nullptr) {
      first->previous = &of;
    }
    first = &of;
  }
  static void unlink(group& of, group*& first) noexcept {
    (of.previous != nullptr ? of.previous->next : first) = of.next;
    if (of.next != nullptr) {
      of.next->previous = of.previous;
    }
  }

  brief_lock guard_;
  group* partial_ = nullptr;
  group* whole_ = nullptr;
};

// Nobody who has work waits for the depot: a thread that finds it taken makes fresh things, or
// keeps its surplus until it comes again.
//
// Invariants: whoever holds the lock alone touches the batches; a batch is a chain of things
// linked by `Traits::next`, whose first holds its size, in `Traits::count`, and the link to
// the next batch, by `Traits::follow`. The shelf has a lock of its own, so that batches come
// and go while it is filled.
template <class Traits>
class depot {
 public:
  using thing = typename Traits::thing;

  // A chain and its size; null when there is none or the depot is taken.
  [[nodiscard]] thing* try_take(unsigned& count) noexcept {
    if (held() == 0) {
      return nullptr;
    }
    thing* first = nullptr;
    if (batches_.load(std::memory_order_relaxed) != nullptr && guard_.try_lock()) {
      first = pop();
      guard_.unlock();
    }
    if (first != nullptr) {
      count = Traits::count(first);
    } else {
      first = sorted_.try_take(count);
    }
    if (first != nullptr) {
      count_out(count);
    }
    return first;
  }
  [[nodiscard]] bool try_give(thing* first) noexcept {
    if (!guard_.try_lock()) {
      return false;
    }
    held_.fetch_add(Traits::count(first), std::memory_order_relaxed);
    push(first);
    guard_.unlock();
    return true;
  }
  // The same by one that cannot come again: it waits.
  void give(thing* first) noexcept {
    while (!try_give(first)) {
      std::this_thread::yield();
    }
  }

  // Sorts up to `most` things of the next batch by where they were mapped; gives how many.
  // Others can take them all the while. One thread at a time.
  [[nodiscard]] unsigned sort(unsigned most) noexcept {
    guard_.lock();
    thing* first = pop();
    guard_.unlock();
    if (first == nullptr) {
      return 0;
    }
    const unsigned count = Traits::count(first);
    if (thing* rest = sorted_.put(first, most)) {
      Traits::count(rest) = count - most;
      guard_.lock();
      push(rest);
      guard_.unlock();
    }
    return std::min(count, most);
  }
  // Looks at a group of which all things lie here: how many these are, 0 when there is none. It
  // goes back, if it may: then they are counted as released. One thread at a time.
  [[nodiscard]] unsigned release_whole(std::size_t& released) noexcept {
    mapped_group<thing>* idle = sorted_.take_whole();
    if (idle == nullptr) {
      return 0;
    }
    const unsigned count = idle->idle_count;
    if (!Traits::may_go(*idle)) {
      idle->capacity = UINT32_MAX;
      sorted_.put_back(*idle);
      return count;
    }
    count_out(count);
    idle->idle = nullptr;
    idle->idle_count = 0;
    Traits::release(*idle);
    released += count;
    return count;
  }

  /// Things that lie here now.
  [[nodiscard]] std::size_t held() const noexcept { return held_.load(std::memory_order_relaxed); }
  /// The fewest that have lain here since this was asked last: so many nobody has needed.
  [[nodiscard]] std::size_t least() const noexcept {
    return least_.load(std::memory_order_relaxed);
  }
  // The same; from now on it is counted anew.
  [[nodiscard]] std::size_t take_least() noexcept {
    return least_.exchange(held(), std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] thing* pop() noexcept {
    thing* first = batches_.load(std::memory_order_relaxed);
    if (first != nullptr) {
      batches_.store(Traits::following(first), std::memory_order_relaxed);
    }
    return first;
  }
  void push(thing* first) noexcept {
    Traits::follow(first, batches_.load(std::memory_order_relaxed));
    batches_.store(first, std::memory_order_relaxed);
  }
  // Two at a time may leave the greater of their two: the next look comes.
  void count_out(unsigned count) noexcept {
    const std::size_t now = held_.fetch_sub(count, std::memory_order_relaxed) - count;
    if (now < least_.load(std::memory_order_relaxed)) {
      least_.store(now, std::memory_order_relaxed);
    }
  }

  brief_lock guard_;
  std::atomic<thing*> batches_{nullptr};
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> least_{0};
  shelf<Traits> sorted_;
};

}  // namespace casty::detail
