/// @file
/// Blocks of memory for messages, asks, frames and large closures, from a pool that each
/// thread keeps for itself.
///
/// Layer: core. The pool is the runtime's.
#pragma once

#include <cstdint>

namespace casty::detail {

// Blocks come in multiples of this, aligned to it: a block fills whole cache lines.
inline constexpr unsigned block_unit = 64;
// Larger ones are not pooled.
inline constexpr unsigned pooled_units = 8;

[[nodiscard]] constexpr std::uint32_t units_of(std::uint32_t bytes) noexcept {
  return (bytes + block_unit - 1) / block_unit;
}

// What stands in a block that nobody uses.
struct idle_block {
  idle_block* next;
  idle_block* next_batch;
  unsigned count;
};

// Things that a thread may take, linked through themselves.
template <class Thing>
struct free_chain {
  Thing* first = nullptr;
  unsigned count = 0;
};

// The count of a chain whose thread does not yet think of its end, or has come to it.
inline constexpr unsigned unregistered = 0x10000;

// Of this thread, by size in units less one; the last stands for those that are not pooled.
// In a header so that to take a block, which each send does, is a few instructions where it
// is done.
__attribute__((tls_model("initial-exec"))) extern constinit thread_local free_chain<idle_block>
    own_blocks[pooled_units + 1];

// Where the chain for blocks of so many bytes stands among them, in bytes.
[[nodiscard]] constexpr std::uint32_t chain_of(std::uint32_t bytes) noexcept {
  const std::uint32_t units = units_of(bytes);
  return (units <= pooled_units ? units - 1 : pooled_units) *
         static_cast<std::uint32_t>(sizeof(free_chain<idle_block>));
}

// When the thread has none at hand.
[[nodiscard]] void* allocate_block_slowly(std::uint32_t bytes);

// Memory for `bytes`, aligned to `block_unit`, from the pool of this thread. May be
// given back by any thread, with the same number of bytes.
[[nodiscard]] inline void* allocate_block(std::uint32_t bytes) {
  if (units_of(bytes) <= pooled_units) {
    free_chain<idle_block>& own = own_blocks[units_of(bytes) - 1];
    if (idle_block* block = own.first) [[likely]] {
      own.first = block->next;
      --own.count;
      return block;
    }
  }
  return allocate_block_slowly(bytes);
}

void free_block(void* block, std::uint32_t bytes) noexcept;

struct block_guard {
  block_guard(void* held, std::uint32_t size) noexcept : block(held), bytes(size) {}
  block_guard(const block_guard&) = delete;
  block_guard& operator=(const block_guard&) = delete;
  ~block_guard() {
    if (block != nullptr) {
      free_block(block, bytes);
    }
  }
  void* block;
  std::uint32_t bytes;
};

}  // namespace casty::detail
