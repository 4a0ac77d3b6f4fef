/// @file
/// Cuts a stream of bytes into lines, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/bytes.hpp"
#include "ledger/line.hpp"

namespace ledger {

/// Lines end in LF; one CR right before it belongs to the end. The last line may lack its
/// LF (a CR there is text). A UTF-8 byte order mark at the very front is skipped.
class line_reader {
 public:
  /// @param taken        Is given all bytes that are cut into lines, in their order.
  /// @param chunk_bytes  How much is read at a time, at most.
  explicit line_reader(
      byte_source& source, std::function<void(std::string_view)> taken = [](std::string_view) {},
      std::size_t chunk_bytes = 262'144);

  /// The next line, which is valid until the next call; nothing at the end.
  /// @throws  What the source does.
  [[nodiscard]] std::optional<line> next();

  /// Bytes of the source that were cut into lines so far.
  [[nodiscard]] std::uint64_t bytes_taken() const noexcept { return bytes_taken_; }

 private:
  bool fill();
  line take(std::size_t text_bytes, std::size_t end_bytes);
  line skip_long_line();
  void skip_byte_order_mark();
  void drop(std::size_t bytes);
  [[nodiscard]] std::string_view unread() const noexcept {
    return {buffer_.data() + begin_, end_ - begin_};
  }

  byte_source& source_;
  std::function<void(std::string_view)> taken_;
  std::size_t chunk_bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what is read and not yet taken: [begin_, end_)
  std::size_t end_ = 0;
  std::string long_line_front_;
  std::uint64_t lines_taken_ = 0;
  std::uint64_t bytes_taken_ = 0;
  bool at_front_ = true;
};

}  // namespace ledger
