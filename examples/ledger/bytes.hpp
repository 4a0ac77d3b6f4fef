/// @file
/// Where bytes come from and where they go.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>

namespace ledger {

/// A file that cannot be read or written as it must be. The text is for the user.
struct file_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class byte_source {
 public:
  virtual ~byte_source() = default;
  /// Waits for at least one byte.
  /// @returns  How many bytes came; 0 at the end.
  /// @throws   file_error; interrupted.
  [[nodiscard]] virtual std::size_t read(std::span<char> into) = 0;
};

class byte_sink {
 public:
  virtual ~byte_sink() = default;
  /// @throws  file_error; interrupted.
  virtual void write(std::string_view text) = 0;
};

}  // namespace ledger
