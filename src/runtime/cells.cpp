// Where cells come from: chunks of them, mapped once and never unmapped, for a stale ref
// must find a generation to compare with.
#include <sys/mman.h>

#include <mutex>
#include <new>
#include <utility>

#include "runtime/cell.hpp"
#include "runtime/pool.hpp"
#include "runtime/sanitizers.hpp"

namespace casty::detail {

namespace {

constexpr std::size_t chunk_bytes = 512 * 1024;  // also its alignment
constexpr unsigned chunk_bits = 13;              // the numbers that one chunk may use
constexpr std::size_t chunks_max = 1U << (32 - chunk_bits);

struct chunk {
  std::uint32_t number;
  std::uint32_t unused[3];

  static constexpr std::size_t cells = (chunk_bytes - 16) / sizeof(cell);

  [[nodiscard]] cell* first() noexcept { return reinterpret_cast<cell*>(this + 1); }
};

static_assert(chunk::cells < (1U << chunk_bits));

// Written under the lock; read by whoever got a number that leads there.
std::atomic<chunk*> chunks[chunks_max];
std::mutex chunks_guard;
std::uint32_t chunks_used = 1;  // so that no cell has the number 0

chunk* map_chunk() {
  const std::lock_guard lock(chunks_guard);
  if (chunks_used == chunks_max) {
    throw std::bad_alloc();
  }
  // Twice as much as needed, then cut to its alignment.
  void* mapped = ::mmap(nullptr, 2 * chunk_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    throw std::bad_alloc();
  }
  auto* begin = static_cast<unsigned char*>(mapped);
  const std::size_t before = -reinterpret_cast<std::size_t>(begin) % chunk_bytes;
  if (before != 0) {
    ::munmap(begin, before);
  }
  if (chunk_bytes - before != 0) {
    ::munmap(begin + before + chunk_bytes, chunk_bytes - before);
  }
  auto* made = ::new (begin + before) chunk{chunks_used, {}};
  chunks[chunks_used++].store(made, std::memory_order_release);
  count_fresh_slab();
  return made;
}

// Dead cells are linked through fields that no stale ref reads.
struct cell_traits {
  using thing = cell;
  static cell*& next(cell* dead) noexcept { return dead->run_next; }
  static cell* following(cell* first) noexcept {
    return reinterpret_cast<cell*>(const_cast<behavior_operations*>(first->operations));
  }
  static void follow(cell* first, cell* batch) noexcept {
    first->operations = reinterpret_cast<const behavior_operations*>(batch);
  }
  static std::uint32_t& count(cell* dead) noexcept { return dead->next_sibling; }
};

constinit depot<cell_traits> shared_cells;

struct thread_cells {
  free_chain<cell> free;
  cell* fresh = nullptr;
  cell* fresh_end = nullptr;

  ~thread_cells();

  cell* take() {
    if (free.first != nullptr || restock(free, shared_cells)) {
      cell* dead = free.first;
      free.first = dead->run_next;
      --free.count;
      return dead;
    }
    if (fresh == fresh_end) {
      chunk* mapped = map_chunk();
      fresh = mapped->first();
      fresh_end = fresh + chunk::cells;
    }
    return fresh++;
  }
};

__attribute__((tls_model("initial-exec"))) constinit thread_local thread_cells* mine = nullptr;

thread_cells::~thread_cells() {
  for (; fresh != fresh_end; ++fresh) {
    give(fresh, free, shared_cells);
  }
  give_all(free, shared_cells);
  mine = nullptr;
}

thread_cells& of_this_thread() {
  if (mine == nullptr) [[unlikely]] {
    thread_local thread_cells cells;
    mine = &cells;
  }
  return *mine;
}

}  // namespace

cell* allocate_cell() {
  cell* made = of_this_thread().take();
  unpoison(made->slot, slot_bytes);
  made->operations = nullptr;
  ::new (&made->mail) envelope_queue;
  made->run_next = nullptr;
  made->more = nullptr;
  made->flags = 0;
  store(made->room, 0U);
  made->next_sibling = 0;
  made->previous_sibling = 0;
  if (load(made->generation) == 0) {
    store(made->generation, 1U);
  }
  return made;
}

void free_cell(cell* actor) noexcept {
  poison(actor->slot, slot_bytes);
  // A cell whose generations are used up is never used again.
  if (load(actor->generation) != UINT32_MAX) {
    give(actor, of_this_thread().free, shared_cells);
  }
}

std::uint32_t cell_number(const cell* actor) noexcept {
  const auto address = reinterpret_cast<std::size_t>(actor);
  auto* within = reinterpret_cast<chunk*>(address / chunk_bytes * chunk_bytes);
  return (within->number << chunk_bits) | static_cast<std::uint32_t>(actor - within->first());
}

cell* cell_at(std::uint32_t number) noexcept {
  chunk* within = chunks[number >> chunk_bits].load(std::memory_order_relaxed);
  return within->first() + (number & ((1U << chunk_bits) - 1));
}

}  // namespace casty::detail
