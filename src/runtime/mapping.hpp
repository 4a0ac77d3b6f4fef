/// @file
/// Memory from the operating system, aligned to more than a page.
///
/// Layer: runtime, private.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace casty::detail {

// `alignment` is a power of two and a multiple of a page. Pages are there once they are used.
[[nodiscard]] inline unsigned char* map_aligned(std::size_t bytes, std::size_t alignment) {
  // More than is needed, then cut.
  void* mapped = ::mmap(nullptr, bytes + alignment, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    throw std::bad_alloc();
  }
  auto* begin = static_cast<unsigned char*>(mapped);
  const std::size_t before = -reinterpret_cast<std::size_t>(begin) % alignment;
  if (before != 0) {
    ::munmap(begin, before);
  }
  if (alignment - before != 0) {
    ::munmap(begin + before + bytes, alignment - before);
  }
  return begin + before;
}

}  // namespace casty::detail
