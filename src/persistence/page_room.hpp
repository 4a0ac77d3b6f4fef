/// @file
/// How many events a page takes.
///
/// Layer: persistence, private.
#pragma once

#include <algorithm>
#include <cstddef>

#include "casty/persistence/journal.hpp"

namespace casty::detail {

// The bytes of a page that is being filled.
class page_room {
 public:
  /// False when one of so many bytes is too much: it begins the next page.
  [[nodiscard]] bool takes(std::size_t bytes) noexcept {
    if (!is_empty_ && bytes > event_journal::page_bytes_max - bytes_) {
      return false;
    }
    is_empty_ = false;
    bytes_ = std::min(bytes_ + bytes, event_journal::page_bytes_max);  // the first may be larger
    return true;
  }

 private:
  std::size_t bytes_ = 0;
  bool is_empty_ = true;
};

}  // namespace casty::detail
