// The pool of blocks: messages, asks, frames of coroutines, large closures.
#include <sys/mman.h>

#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "casty/core/block.hpp"
#include "runtime/mapping.hpp"
#include "runtime/pool.hpp"
#include "runtime/releasing.hpp"
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

constexpr std::size_t slab_bytes = 64 * 1024;  // also its alignment
constexpr std::size_t region_bytes = 16 * slab_bytes;

using slab = mapped_group<idle_block>;
static_assert(sizeof(slab) <= block_unit);

void release_slab(slab& idle) noexcept;

struct block_traits {
  using thing = idle_block;
  static thing*& next(thing* block) noexcept { return block->next; }
  static thing* following(thing* first) noexcept { return first->next_batch; }
  static void follow(thing* first, thing* batch) noexcept { first->next_batch = batch; }
  static unsigned& count(thing* block) noexcept { return block->count; }
  static slab& group_of(thing* block) noexcept {
    return *reinterpret_cast<slab*>(reinterpret_cast<std::size_t>(block) / slab_bytes *
                                    slab_bytes);
  }
  static constexpr unsigned group_max = (slab_bytes - block_unit) / block_unit;
  static bool may_go(slab&) noexcept { return true; }
  static void release(slab& idle) noexcept { release_slab(idle); }
};

constinit depot<block_traits> depots[pooled_units];
constinit surplus<block_traits> surpluses[pooled_units];

// Slabs without memory behind them, to be used again for blocks of any size. What lies in one
// may still be looked at by a thread that holds a stale pointer, so it stays mapped for ever.
struct slab_table {
  std::mutex guard;
  std::vector<void*> unused;
  std::size_t mapped = 0;
};

slab_table& slabs() {
  static auto* const all = new slab_table;  // static destructors may send
  return *all;
}

// Under the lock.
void map_region(slab_table& all) {
  all.unused.reserve(all.mapped + region_bytes / slab_bytes);  // so that release cannot fail
  unsigned char* begin = map_aligned(region_bytes, slab_bytes);
  all.mapped += region_bytes / slab_bytes;
  for (std::size_t at = region_bytes; at != 0; at -= slab_bytes) {
    all.unused.push_back(begin + at - slab_bytes);
  }
}

// Gives where its blocks begin.
unsigned char* take_slab(std::size_t size) {
  slab_table& all = slabs();
  const std::lock_guard lock(all.guard);
  if (all.unused.empty()) {
    map_region(all);
  }
  void* memory = all.unused.back();
  all.unused.pop_back();
  count_fresh_slab();
  ::new (memory)
      slab{nullptr, nullptr, nullptr, 0, static_cast<unsigned>((slab_bytes - block_unit) / size)};
  return static_cast<unsigned char*>(memory) + block_unit;
}

void release_slab(slab& idle) noexcept {
  ::madvise(&idle, slab_bytes, MADV_DONTNEED);
  slab_table& all = slabs();
  const std::lock_guard lock(all.guard);
  all.unused.push_back(&idle);
}

// Stands beside what has ended, where it may be asked after that.
__attribute__((tls_model("initial-exec"))) constinit thread_local bool have_ended = false;

// The part of the newest slab of each size that was never used; and at its end the thread
// gives all its blocks to others.
struct thread_blocks {
  unsigned char* fresh[pooled_units] = {};
  unsigned char* fresh_end[pooled_units] = {};

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
  have_ended = true;
}

// The first that the thread gives back, or one that comes after its end.
[[gnu::noinline]] void put_unregistered(void* block, unsigned index) noexcept {
  if (!have_ended) {
    (void)of_this_thread();
    put(block, index);
    return;
  }
  free_chain<idle_block> alone;
  give(static_cast<idle_block*>(block), alone, depots[index]);
  give_all(alone, depots[index]);
}

// One for a thread that has ended: it keeps nothing of what comes along.
[[gnu::noinline]] void* take_one(unsigned index) {
  free_chain<idle_block> alone;
  void* taken = nullptr;
  if (restock(alone, depots[index])) {
    taken = std::exchange(alone.first, alone.first->next);
    --alone.count;
  } else {
    const std::size_t size = (std::size_t{index} + 1) * block_unit;
    unsigned char* fresh = take_slab(size);
    taken = fresh;
    for (std::size_t left = (slab_bytes - block_unit) / size - 1; left != 0; --left) {
      fresh += size;
      give(reinterpret_cast<idle_block*>(fresh), alone, depots[index]);
    }
  }
  give_all(alone, depots[index]);
  return taken;
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
  if (have_ended) [[unlikely]] {
    return take_one(index);
  }
  thread_blocks& own = of_this_thread();
  if (restock(own_blocks[index], depots[index])) {
    return allocate_block(bytes);
  }
  const std::size_t size = std::size_t{units_of(bytes)} * block_unit;
  if (static_cast<std::size_t>(own.fresh_end[index] - own.fresh[index]) < size) {
    own.fresh[index] = take_slab(size);
    own.fresh_end[index] = own.fresh[index] + (slab_bytes - block_unit) / size * size;
  }
  return std::exchange(own.fresh[index], own.fresh[index] + size);
}

void give_own_blocks() noexcept {
  for (unsigned index = 0; index < pooled_units; ++index) {
    if (own_blocks[index].count != unregistered) {
      give_all(own_blocks[index], depots[index]);
    }
  }
}

void look_at_idle_blocks(release_tally& all) noexcept {
  for (unsigned index = 0; index < pooled_units; ++index) {
    surpluses[index].look(depots[index], (std::size_t{index} + 1) * block_unit, all);
  }
}

bool release_idle_blocks(release_tally& all) noexcept {
  for (unsigned index = 0; index < pooled_units; ++index) {
    if (surpluses[index].go_on(depots[index], all)) {
      return true;
    }
  }
  return false;
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
