#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include "runtime/pool.hpp"

namespace {

std::atomic<std::uint64_t> counted{0};

void* count(void* memory) {
  counted.fetch_add(1, std::memory_order_relaxed);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return count(std::malloc(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  return count(std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace bench {

std::uint64_t allocations() noexcept {
  return counted.load(std::memory_order_relaxed) + casty::detail::fresh_slabs();
}

}  // namespace bench
