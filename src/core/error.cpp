#include "casty/core/error.hpp"

#include <algorithm>
#include <cstring>

namespace casty {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::timeout:
      return "timeout";
    case errc::no_reply:
      return "no_reply";
    case errc::dead_target:
      return "dead_target";
    case errc::would_block:
      return "would_block";
    case errc::already_taken:
      return "already_taken";
    case errc::name_taken:
      return "name_taken";
    case errc::bad_name:
      return "bad_name";
    case errc::not_copyable:
      return "not_copyable";
    case errc::bad_behavior:
      return "bad_behavior";
    case errc::not_restartable:
      return "not_restartable";
    case errc::mailbox_full:
      return "mailbox_full";
    case errc::system_terminated:
      return "system_terminated";
    case errc::bad_argument:
      return "bad_argument";
    case errc::corrupt:
      return "corrupt";
    case errc::schema_mismatch:
      return "schema_mismatch";
    case errc::unknown_type:
      return "unknown_type";
    case errc::persist_failed:
      return "persist_failed";
    case errc::conflict:
      return "conflict";
    case errc::full:
      return "full";
    case errc::unavailable:
      return "unavailable";
  }
  return "unknown";
}

error::error(errc code, std::string_view detail) noexcept : code_(code) {
  std::size_t used = 0;
  const auto append = [&](std::string_view part) {
    const std::size_t taken = std::min(part.size(), sizeof(text_) - 1 - used);
    std::memcpy(text_ + used, part.data(), taken);
    used += taken;
  };
  append("casty: ");
  append(to_string(code));
  if (!detail.empty()) {
    append(": ");
    append(detail);
  }
  text_[used] = '\0';
}

namespace detail {

void throw_error(errc code) { throw error(code); }

}  // namespace detail

}  // namespace casty
