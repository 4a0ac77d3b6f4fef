// Counts every allocation of the program. With glibc below malloc and mmap, where operator new
// and whatever else allocates comes by; elsewhere operator new only; nothing under a sanitizer,
// which wants them for itself.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "runtime/pool.hpp"
#include "support/meter.hpp"

namespace {

constinit std::atomic<std::uint64_t> counted{0};

void count() noexcept { counted.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

namespace bench {

std::uint64_t allocations() noexcept {
  return counted.load(std::memory_order_relaxed) + casty::detail::fresh_slabs();
}

}  // namespace bench

#if defined(__GLIBC__) && !defined(BENCH_SANITIZED)

extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t things, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t things, std::size_t bytes) {
  count();
  return __libc_calloc(things, bytes);
}
void* realloc(void* block, std::size_t bytes) {
  count();
  return __libc_realloc(block, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) {
  count();
  *block = __libc_memalign(alignment, bytes);
  return *block == nullptr ? ENOMEM : 0;
}

#if defined(__x86_64__) || defined(__aarch64__)
// glibc's own malloc goes another way, and is not counted twice.
void* mmap(void* at, std::size_t bytes, int protection, int flags, int file, long offset) {
  count();
  const long mapped = ::syscall(SYS_mmap, at, bytes, protection, flags, file, offset);
  return reinterpret_cast<void*>(mapped);  // -1 is MAP_FAILED, and errno is set
}
void* mmap64(void* at, std::size_t bytes, int protection, int flags, int file, long offset) {
  return mmap(at, bytes, protection, flags, file, offset);
}
#endif

}  // extern "C"

#elif !defined(BENCH_SANITIZED)

namespace {

void* checked(void* memory) {
  count();
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return checked(std::malloc(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return checked(std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
