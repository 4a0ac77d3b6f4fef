/// @file
/// What the pools do under AddressSanitizer: step aside, so that it sees each use of a
/// block after its end.
///
/// Layer: runtime, private.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define CASTY_RUNTIME_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CASTY_RUNTIME_ASAN 1
#endif
#endif

#ifdef CASTY_RUNTIME_ASAN
#include <sanitizer/asan_interface.h>
#endif

#include <cstddef>

namespace casty::detail {

#ifdef CASTY_RUNTIME_ASAN
inline constexpr bool blocks_bypass_the_pool = true;
inline void poison(void* at, std::size_t bytes) noexcept { ASAN_POISON_MEMORY_REGION(at, bytes); }
inline void unpoison(void* at, std::size_t bytes) noexcept {
  ASAN_UNPOISON_MEMORY_REGION(at, bytes);
}
#else
inline constexpr bool blocks_bypass_the_pool = false;
inline void poison(void*, std::size_t) noexcept {}
inline void unpoison(void*, std::size_t) noexcept {}
#endif

}  // namespace casty::detail
