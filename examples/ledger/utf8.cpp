#include "ledger/utf8.hpp"

#include <cstdint>
#include <cstring>

// Its functions for single characters are templates: nothing is linked.
#include <boost/locale/utf.hpp>

namespace ledger {

namespace {

// How many bytes at the front of `text` are ASCII, eight looked at in one go.
std::size_t ascii_bytes(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::size_t count = 0;
  std::uint64_t eight = 0;
  while (text.size() - count >= sizeof eight) {
    std::memcpy(&eight, text.data() + count, sizeof eight);
    if ((eight & high_bits) != 0) {
      break;
    }
    count += sizeof eight;
  }
  while (count < text.size() && static_cast<unsigned char>(text[count]) < 0x80) {
    ++count;
  }
  return count;
}

}  // namespace

std::size_t character_bytes(std::string_view text) noexcept {
  namespace utf = boost::locale::utf;
  const char* at = text.data();
  const utf::code_point decoded = utf::utf_traits<char>::decode(at, text.data() + text.size());
  const bool valid = decoded != utf::illegal && decoded != utf::incomplete;
  return valid ? static_cast<std::size_t>(at - text.data()) : 0;
}

bool is_utf8(std::string_view text) noexcept {
  text.remove_prefix(ascii_bytes(text));
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) {
      return false;
    }
    text.remove_prefix(bytes);
    text.remove_prefix(ascii_bytes(text));
  }
  return true;
}

bool begins_with_control(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first == 0xC2 && text.size() > 1) {
    return static_cast<unsigned char>(text[1]) < 0xA0;
  }
  return first < 0x20 || first == 0x7F;
}

bool contains_control(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_with_control(text.substr(at))) {
      return true;
    }
  }
  return false;
}

}  // namespace ledger
