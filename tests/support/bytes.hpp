/// @file
/// Texts as bytes, and back.
#pragma once

#include <string_view>

#include "casty/wire/bytes.hpp"

namespace support {

[[nodiscard]] inline casty::byte_view bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
[[nodiscard]] inline std::string_view text_of(casty::byte_view bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace support
