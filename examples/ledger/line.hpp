/// @file
/// A line of the file as it was read, and its limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ledger {

inline constexpr std::string_view header_text = "id,kind,account,amount_cents,other_account";

/// A line may have so many bytes; its end, LF or CR LF, is not counted.
inline constexpr std::size_t line_bytes_max = 65'536;

/// What is kept of a line that is longer. More than `reject_text_bytes_max` and one
/// character, so that the text of a reject can be cut from it.
inline constexpr std::size_t long_line_bytes_kept = 256;

/// Of a rejected line, so many bytes are shown.
inline constexpr std::size_t reject_text_bytes_max = 200;

struct line {
  std::uint64_t number = 0;    // from 1, header and blank lines counted
  std::string_view text = {};  // without its end; the front of it when too long
  bool too_long = false;
  std::size_t end_bytes = 1;  // LF, CR LF, or nothing

  friend bool operator==(const line&, const line&) = default;
};

}  // namespace ledger
