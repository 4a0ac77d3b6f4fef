// The pool of blocks: messages, asks, frames of coroutines, large closures.
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "casty/core/envelope.hpp"
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

// Sizes from one to eight units are pooled, each by itself.
constexpr unsigned classes = 8;
constexpr std::uint32_t pooled_max = classes * block_unit;
constexpr std::size_t slab_bytes = 64 * 1024;

struct free_block_header {
  free_block_header* next;
  free_block_header* next_batch;
  unsigned count;
};

struct block_traits {
  using thing = free_block_header;
  static thing*& next(thing* block) noexcept { return block->next; }
  static thing* following(thing* first) noexcept { return first->next_batch; }
  static void follow(thing* first, thing* batch) noexcept { first->next_batch = batch; }
  static unsigned& count(thing* block) noexcept { return block->count; }
};

constinit depot<block_traits> depots[classes];

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

struct thread_blocks {
  free_list<block_traits> lists[classes];
  // The part of the newest slab of each class that was never used.
  unsigned char* fresh[classes] = {};
  unsigned char* fresh_end[classes] = {};

  ~thread_blocks();

  [[gnu::noinline]] void* allocate_slowly(unsigned units) {
    const unsigned index = units - 1;
    if (lists[index].restock(depots[index])) {
      return lists[index].take();
    }
    const std::size_t bytes = std::size_t{units} * block_unit;
    if (static_cast<std::size_t>(fresh_end[index] - fresh[index]) < bytes) {
      fresh[index] = static_cast<unsigned char*>(take_slab());
      fresh_end[index] = fresh[index] + slab_bytes / bytes * bytes;
    }
    return std::exchange(fresh[index], fresh[index] + bytes);
  }
  void give(void* block, unsigned units) noexcept {
    lists[units - 1].give(static_cast<free_block_header*>(block), depots[units - 1]);
  }
};

// A plain pointer, so that the fast path has no guard of initialisation.
__attribute__((tls_model("initial-exec"))) constinit thread_local thread_blocks* mine = nullptr;

thread_blocks::~thread_blocks() {
  for (unsigned index = 0; index < classes; ++index) {
    const std::size_t bytes = (std::size_t{index} + 1) * block_unit;
    for (; fresh[index] != fresh_end[index]; fresh[index] += bytes) {
      give(fresh[index], index + 1);
    }
    lists[index].give_all(depots[index]);
  }
  mine = nullptr;
}

[[gnu::noinline]] thread_blocks& made_for_this_thread() {
  thread_local thread_blocks blocks;
  mine = &blocks;
  return blocks;
}

thread_blocks& of_this_thread() { return mine != nullptr ? *mine : made_for_this_thread(); }

}  // namespace

void* allocate_block(std::uint32_t bytes) {
  if (bytes > pooled_max || blocks_bypass_the_pool) [[unlikely]] {
    return allocate_directly(bytes);
  }
  const unsigned units = (bytes + block_unit - 1) / block_unit;
  thread_blocks& own = of_this_thread();
  if (void* block = own.lists[units - 1].take()) [[likely]] {
    return block;
  }
  return own.allocate_slowly(units);
}

void free_block(void* block, std::uint32_t bytes) noexcept {
  if (bytes > pooled_max || blocks_bypass_the_pool) [[unlikely]] {
    free_directly(block);
    return;
  }
  of_this_thread().give(block, (bytes + block_unit - 1) / block_unit);
}

}  // namespace casty::detail
