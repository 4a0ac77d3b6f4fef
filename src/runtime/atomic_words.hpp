/// @file
/// An atomic as the plain word that a scheduler waits for.
///
/// Layer: runtime, private.
#pragma once

#include <atomic>
#include <cstdint>

namespace casty::detail {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

[[nodiscard]] inline const std::uint32_t& word_of(
    const std::atomic<std::uint32_t>& atomic) noexcept {
  return reinterpret_cast<const std::uint32_t&>(atomic);
}

}  // namespace casty::detail
