/// @file
/// Numbers of events, at the ends of their range.
///
/// Layer: persistence, private.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "casty/persistence/journal.hpp"

namespace casty::detail {

inline constexpr std::uint64_t number_max = INT64_MAX;  // that a database keeps

// As databases have them. There are no events beyond, so that bounds may be less than what was
// said, but never wrap.
[[nodiscard]] constexpr std::int64_t stored_bound(std::uint64_t number) noexcept {
  return static_cast<std::int64_t>(std::min(number, number_max));
}

// Because `after` was not the last one, which may not be known.
[[nodiscard]] inline journal_verdict conflict_after(std::uint64_t after, const std::string& why) {
  return {errc::conflict, "event " + std::to_string(after + (after == UINT64_MAX ? 0 : 1)) +
                              " was to be appended, " + why};
}

[[nodiscard]] inline journal_verdict no_such_snapshot(std::uint64_t sequence) {
  return {errc::bad_argument,
          "a snapshot after event " + std::to_string(sequence) + ", which there cannot be"};
}

}  // namespace casty::detail
