// Where cells come from: chunks of them, mapped once and never unmapped, for a stale ref must
// find a generation to compare with. The memory of a chunk whose cells are all dead goes back
// to the operating system, but for its first page; then a stale ref finds zeros, which no
// living actor has, and the chunk remembers the greatest generation that was in it. One with a
// cell whose generations are nearly used up stays: it would take those of its neighbours along.
#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

#include "runtime/cell.hpp"
#include "runtime/mapping.hpp"
#include "runtime/pool.hpp"
#include "runtime/releasing.hpp"
#include "runtime/sanitizers.hpp"
#include "runtime/senders.hpp"

namespace casty::detail {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;  // also its alignment
constexpr unsigned chunk_bits = 12;              // the numbers that one chunk may use
constexpr std::size_t chunks_max = 1U << (32 - chunk_bits);
constexpr std::size_t page_bytes = 4096;

struct chunk {
  mapped_group<cell> group;
  std::uint32_t number;
  std::uint32_t generation;  // the greatest of its cells when they were released
  port* last_owner;          // of its cells that were released

  static constexpr std::size_t cells = (chunk_bytes - 48) / sizeof(cell);

  [[nodiscard]] cell* first() noexcept { return reinterpret_cast<cell*>(this + 1); }
};

static_assert(sizeof(chunk) <= 48);
static_assert(chunk::cells < (1U << chunk_bits));

// Written under the lock; read by whoever got a number that leads there.
std::atomic<chunk*> chunks[chunks_max];
std::mutex chunks_guard;
std::uint32_t chunks_used = 1;  // so that no cell has the number 0
chunk* chunks_released = nullptr;  // linked by `group.next`

[[nodiscard]] chunk& chunk_of(const cell* actor) noexcept {
  return *reinterpret_cast<chunk*>(reinterpret_cast<std::size_t>(actor) / chunk_bytes *
                                   chunk_bytes);
}

chunk* take_chunk() {
  const std::lock_guard lock(chunks_guard);
  count_fresh_slab();
  if (chunks_released != nullptr) {
    return std::exchange(chunks_released, reinterpret_cast<chunk*>(chunks_released->group.next));
  }
  if (chunks_used == chunks_max) {
    throw std::bad_alloc();
  }
  auto* made = ::new (map_aligned(chunk_bytes, chunk_bytes))
      chunk{{nullptr, nullptr, nullptr, 0, chunk::cells}, chunks_used, 0, nullptr};
  chunks[chunks_used++].store(made, std::memory_order_release);
  return made;
}

[[nodiscard]] bool has_system(const port* home) noexcept {
  return home != nullptr && __atomic_load_n(&home->system, __ATOMIC_ACQUIRE) != nullptr;
}

// Cells of several systems may have been here: one that is still there counts for all.
[[nodiscard]] port* owner_to_remember(chunk& idle) noexcept {
  port* other = idle.last_owner;  // of those that have not been used since
  for (cell* each = idle.first(); each != idle.first() + chunk::cells; ++each) {
    port* owner = load(each->owner);
    if (has_system(owner)) {
      return owner;
    }
    other = owner != nullptr && !has_system(other) ? owner : other;
  }
  return other;
}

// False when one of its cells would soon be in its last generation: those that have lives left
// keep their own count of them.
[[nodiscard]] bool may_begin_anew(chunk& idle) noexcept {
  std::uint32_t greatest = idle.generation;
  for (cell* each = idle.first(); each != idle.first() + chunk::cells; ++each) {
    greatest = std::max(greatest, load(each->generation));
  }
  if (greatest >= UINT32_MAX - 1) {
    return false;
  }
  idle.generation = greatest;
  return true;
}

void release_chunk(chunk& idle) noexcept {
  __atomic_store_n(&idle.last_owner, owner_to_remember(idle), __ATOMIC_RELEASE);
  ::madvise(reinterpret_cast<unsigned char*>(&idle) + page_bytes, chunk_bytes - page_bytes,
            MADV_DONTNEED);
  const std::lock_guard lock(chunks_guard);
  idle.group.next = reinterpret_cast<mapped_group<cell>*>(chunks_released);
  chunks_released = &idle;
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
  static mapped_group<cell>& group_of(cell* dead) noexcept { return chunk_of(dead).group; }
  static constexpr unsigned group_max = chunk::cells;
  static bool may_go(mapped_group<cell>& idle) noexcept {
    return may_begin_anew(reinterpret_cast<chunk&>(idle));
  }
  static void release(mapped_group<cell>& idle) noexcept {
    release_chunk(reinterpret_cast<chunk&>(idle));
  }
};

constinit depot<cell_traits> shared_cells;
constinit surplus<cell_traits> all_idle_cells;

struct thread_cells {
  free_chain<cell> free;
  cell* fresh = nullptr;
  cell* fresh_end = nullptr;

  ~thread_cells();

  cell* take() {
    if (free.first != nullptr) [[likely]] {
      cell* dead = free.first;
      free.first = dead->run_next;
      --free.count;
      return dead;
    }
    return take_slowly();
  }
  [[gnu::noinline]] cell* take_slowly() {
    if (restock(free, shared_cells)) {
      return take();
    }
    if (fresh == fresh_end) {
      chunk* mapped = take_chunk();
      fresh = mapped->first();
      fresh_end = fresh + chunk::cells;
    }
    return fresh++;
  }
};

__attribute__((tls_model("initial-exec"))) constinit thread_local thread_cells* mine = nullptr;
__attribute__((tls_model("initial-exec"))) constinit thread_local bool have_ended = false;

thread_cells::~thread_cells() {
  for (; fresh != fresh_end; ++fresh) {
    give(fresh, free, shared_cells);
  }
  give_all(free, shared_cells);
  mine = nullptr;
  have_ended = true;
}

void register_thread() {
  thread_local thread_cells cells;
  mine = &cells;
}

// A thread that has ended keeps nothing of what comes along: what one call takes it gives back.
cell* take_cell() {
  if (mine == nullptr) [[unlikely]] {
    if (have_ended) {
      thread_cells passing;
      return passing.take();
    }
    register_thread();
  }
  return mine->take();
}

void give_cell(cell* dead) noexcept {
  if (mine == nullptr) [[unlikely]] {
    if (have_ended) {
      thread_cells passing;
      give(dead, passing.free, shared_cells);
      return;
    }
    register_thread();
  }
  give(dead, mine->free, shared_cells);
}

}  // namespace

cell* allocate_cell() {
  cell* made = take_cell();
  unpoison(made->slot, slot_bytes);
  made->operations = nullptr;
  ::new (&made->mail) envelope_queue;
  made->run_next = nullptr;
  made->more = nullptr;
  made->flags = 0;
  store(made->room, 0U);
  made->next_sibling = 0;
  made->previous_sibling = 0;
  if (load(made->generation) == 0) [[unlikely]] {
    store(made->generation, chunk_of(made).generation + 1);
  }
  return made;
}

void free_cell(cell* actor) noexcept {
  poison(actor->slot, slot_bytes);
  // A cell whose generations are used up is never used again.
  if (load(actor->generation) != UINT32_MAX) {
    give_cell(actor);
  }
}

std::uint32_t cell_number(const cell* actor) noexcept {
  chunk& within = chunk_of(actor);
  return (within.number << chunk_bits) | static_cast<std::uint32_t>(actor - within.first());
}

port* last_owner_of(const cell* released) noexcept {
  return __atomic_load_n(&chunk_of(released).last_owner, __ATOMIC_ACQUIRE);
}

void give_own_cells() noexcept {
  if (mine != nullptr) {
    give_all(mine->free, shared_cells);
  }
}

void look_at_idle_cells(release_tally& all) noexcept {
  all_idle_cells.look(shared_cells, sizeof(cell), all);
}

bool release_idle_cells(release_tally& all) noexcept {
  return all_idle_cells.go_on(shared_cells, all);
}

cell* cell_at(std::uint32_t number) noexcept {
  chunk* within = chunks[number >> chunk_bits].load(std::memory_order_relaxed);
  return within->first() + (number & ((1U << chunk_bits) - 1));
}

}  // namespace casty::detail
