/// @file
/// Blocks by the hundred thousand, given back in disorder, as actors do that end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "casty/core/block.hpp"

namespace support {

inline constexpr std::uint32_t block_bytes = 8 * casty::detail::block_unit;
inline constexpr std::size_t stride = 7919;  // no factor of how many they are

inline std::vector<void*> take_blocks(std::size_t count, std::uint32_t bytes = block_bytes) {
  std::vector<void*> all(count);
  for (void*& each : all) {
    each = casty::detail::allocate_block(bytes);
  }
  return all;
}

// In an order that is far from that in which they lie.
inline void give_back(const std::vector<void*>& all, std::uint32_t bytes = block_bytes) {
  for (std::size_t each = 0; each < all.size(); ++each) {
    if (void* block = all[each * stride % all.size()]) {
      casty::detail::free_block(block, bytes);
    }
  }
}

// Keeps one of each slab, so that none of them can go.
inline std::vector<void*> keep_one_a_slab(std::vector<void*>& all) {
  constexpr std::size_t slab_bytes = 64 * 1024;
  std::vector<void*> kept;
  std::vector<void**> by_place;
  for (void*& each : all) {
    by_place.push_back(&each);
  }
  std::sort(by_place.begin(), by_place.end(),
            [](void** one, void** other) { return std::less<>{}(*one, *other); });
  std::size_t last = 0;
  for (void** each : by_place) {
    const std::size_t slab = reinterpret_cast<std::size_t>(*each) / slab_bytes;
    if (std::exchange(last, slab) != slab) {
      kept.push_back(std::exchange(*each, nullptr));
    }
  }
  return kept;
}

}  // namespace support
