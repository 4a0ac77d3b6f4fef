/// @file
/// What is UTF-8, and which of its characters are control characters.
#pragma once

#include <cstddef>
#include <string_view>

namespace ledger {

/// The length in bytes of the character that `text` begins with; 0 when what it begins
/// with is not UTF-8 (overlong forms, surrogates and what lies above U+10FFFF are not).
[[nodiscard]] std::size_t character_bytes(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Whether the UTF-8 character at the front of `text` is one of U+0000–U+001F, U+007F,
/// U+0080–U+009F.
[[nodiscard]] bool begins_with_control(std::string_view text) noexcept;

/// @param text  UTF-8.
[[nodiscard]] bool contains_control(std::string_view text) noexcept;

}  // namespace ledger
