/// @file
/// Free lists that threads keep to themselves, refilled from a depot that all share.
///
/// Layer: runtime, private.
#pragma once

#include <cstdint>
#include <utility>

#include "casty/core/block.hpp"
#include "runtime/depot.hpp"

namespace casty::detail {

// What a thread does with its chain of free things.

// Fetches a batch for an empty chain; false when a fresh thing must be made.
template <class Traits>
bool restock(free_chain<typename Traits::thing>& own, depot<Traits>& shared) noexcept {
  own.count = 0;
  own.first = shared.try_take(own.count);
  return own.first != nullptr;
}

template <class Traits>
[[gnu::noinline]] void give_batch(free_chain<typename Traits::thing>& own,
                                  depot<Traits>& shared) noexcept {
  typename Traits::thing* last = own.first;
  for (unsigned each = 1; each < batch_size; ++each) {
    last = Traits::next(last);
  }
  typename Traits::thing* rest = Traits::next(last);
  Traits::next(last) = nullptr;
  Traits::count(own.first) = batch_size;
  if (shared.try_give(own.first)) {
    own.first = rest;
    own.count -= batch_size;
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
    give_batch(own, shared);
  }
}

// At the end of a thread, or of its work: all goes to others, who could not come by it later.
template <class Traits>
void give_all(free_chain<typename Traits::thing>& own, depot<Traits>& shared) noexcept {
  if (own.count > 0) {
    typename Traits::thing* last = own.first;
    for (unsigned each = 1; each < own.count; ++each) {
      last = Traits::next(last);
    }
    Traits::next(last) = nullptr;
    Traits::count(own.first) = own.count;
    shared.give(std::exchange(own.first, nullptr));
    own.count = 0;
  }
}

/// Slabs that the pools took from the operating system so far: none in a steady state.
[[nodiscard]] std::uint64_t fresh_slabs() noexcept;
void count_fresh_slab() noexcept;

}  // namespace casty::detail
