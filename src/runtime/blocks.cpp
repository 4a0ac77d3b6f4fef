// The pool of blocks: messages, asks, frames of coroutines, large closures.
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "casty/core/block.hpp"
#include "runtime/pool.hpp"
#include "runtime/sanitizers.hpp"

namespace casty::detail {

namespace {

std::atomic<std::uint64_t> slabs_taken{0};

}  // namespace

std::uint64_t fresh_slabs() noexcept { return slabs_taken.load(std::memory_order_relaxed); }
void count_fresh_slab() noexcept { slabs_taken.fetch_add(1, std::memory_order_relaxed); }

namespace {

void* allocate_directly(std::uint32_t bytes) {
  return ::operator new(bytes, std::align_val_t(block_unit));
}
void free_directly(void* block) noexcept {
  ::operator delete(block, std::align_val_t(block_unit));
}

constexpr std::size_t slab_bytes = 64 * 1024;

struct block_traits {
  using thing = idle_block;
  static thing*& next(thing* block) noexcept { return block->next; }
  static thing* following(thing* first) noexcept { return first->next_batch; }
  static void follow(thing* first, thing* batch) noexcept { first->next_batch = batch; }
  static unsigned& count(thing* block) noexcept { return block->count; }
};

constinit depot<block_traits> depots[pooled_units];

// Slabs are never given back while the program runs: what lies in them may be read by
// whoever holds a stale pointer to it. Listed, so that leak checkers can reach them.
void* take_slab() {
  static std::mutex guard;
  static auto* const all = new std::vector<void*>;
  void* slab = allocate_directly(slab_bytes);
  const std::lock_guard lock(guard);
  all->push_back(slab);
  count_fresh_slab();
  return slab;
}

// The part of the newest slab of each size that was never used; and at its end the thread
// gives all its blocks to others.
struct thread_blocks {
  unsigned char* fresh[pooled_units] = {};
  unsigned char* fresh_end[pooled_units] = {};
  bool ended = false;

  thread_blocks() noexcept { count_from(0); }
  ~thread_blocks();

  static void count_from(unsigned count) noexcept {
    for (unsigned index = 0; index < pooled_units; ++index) {
      own_blocks[index].count = count;
    }
  }
};

thread_blocks& of_this_thread() {
  thread_local thread_blocks blocks;
  return blocks;
}

void put(void* block, unsigned index) noexcept {
  give(static_cast<idle_block*>(block), own_blocks[index], depots[index]);
}

thread_blocks::~thread_blocks() {
  for (unsigned index = 0; index < pooled_units; ++index) {
    const std::size_t bytes = (std::size_t{index} + 1) * block_unit;
    for (; fresh[index] != fresh_end[index]; fresh[index] += bytes) {
      put(fresh[index], index);
    }
    give_all(own_blocks[index], depots[index]);
    own_blocks[index].first = nullptr;
  }
  count_from(unregistered);
  ended = true;
}

// The first that the thread gives back, or one that comes after its end.
[[gnu::noinline]] void put_unregistered(void* block, unsigned index) noexcept {
  if (!of_this_thread().ended) {
    put(block, index);
    return;
  }
  free_chain<idle_block> alone;
  give(static_cast<idle_block*>(block), alone, depots[index]);
  give_all(alone, depots[index]);
}

}  // namespace

__attribute__((tls_model("initial-exec"))) constinit thread_local free_chain<idle_block>
    own_blocks[pooled_units + 1] = {{nullptr, unregistered}, {nullptr, unregistered},
                                    {nullptr, unregistered}, {nullptr, unregistered},
                                    {nullptr, unregistered}, {nullptr, unregistered},
                                    {nullptr, unregistered}, {nullptr, unregistered},
                                    {nullptr, unregistered}};

void* allocate_block_slowly(std::uint32_t bytes) {
  if (units_of(bytes) > pooled_units || blocks_bypass_the_pool) {
    return allocate_directly(bytes);
  }
  const unsigned index = units_of(bytes) - 1;
  thread_blocks& own = of_this_thread();
  if (restock(own_blocks[index], depots[index])) {
    return allocate_block(bytes);
  }
  const std::size_t size = std::size_t{units_of(bytes)} * block_unit;
  if (static_cast<std::size_t>(own.fresh_end[index] - own.fresh[index]) < size) {
    own.fresh[index] = static_cast<unsigned char*>(take_slab());
    own.fresh_end[index] = own.fresh[index] + slab_bytes / size * size;
  }
  return std::exchange(own.fresh[index], own.fresh[index] + size);
}

void free_block(void* block, std::uint32_t bytes) noexcept {
  if (units_of(bytes) > pooled_units || blocks_bypass_the_pool) [[unlikely]] {
    free_directly(block);
    return;
  }
  const unsigned index = units_of(bytes) - 1;
  if (own_blocks[index].count == unregistered) [[unlikely]] {
    put_unregistered(block, index);
  } else {
    put(block, index);
  }
}

}  // namespace casty::detail
