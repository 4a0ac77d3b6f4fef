/// @file
/// Frames: how a stream of bytes between two nodes is cut into pieces.
///
/// A frame is the length of what follows, 4 bytes, little-endian; the kind, 1 byte; the body.
///
/// Layer: net, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "casty/wire/bytes.hpp"

namespace casty::net {

/// What a frame is. Numbers are for ever.
enum class frame_kind : std::uint8_t {
  hello = 1,
  challenge = 2,
  proof = 3,
  welcome = 4,
  refusal = 5,
  message = 6,
  acknowledgement = 7,
  heartbeat = 8,
  session = 9,
  resumed = 10,
};

inline constexpr std::size_t frame_head_bytes = 5;
inline constexpr std::uint32_t frame_bytes_max = 16U << 20;

/// Valid as long as the reader is not fed.
struct frame {
  frame_kind kind;
  byte_view body;
};

/// Appends the head of a frame; `end_frame` fills in the length of what was appended since.
///
/// @returns  Where it begins, for `end_frame`.
[[nodiscard]] std::size_t begin_frame(wire::byte_buffer& to, frame_kind kind);
/// @throws  `casty::error` of bad_argument for more than `bytes_max`: then it is taken back.
void end_frame(wire::byte_buffer& to, std::size_t begin, std::uint32_t bytes_max);

/// Appends a frame whose body is a number.
void append_frame(wire::byte_buffer& to, frame_kind kind, std::uint64_t number);
/// @throws  `casty::error` of `errc::corrupt` when there is no number, or more than that.
[[nodiscard]] std::uint64_t number_in(byte_view body);

/// Cuts bytes into frames, however they come. Holds no more than what has come and is not cut
/// yet, whatever length a peer announces.
///
/// @thread  One at a time.
class frame_reader {
 public:
  /// @param bytes_max  Of the kind and the body of a frame.
  explicit frame_reader(std::uint32_t bytes_max = frame_bytes_max) : bytes_max_(bytes_max) {}

  void feed(byte_view bytes);
  /// The next frame that is complete.
  ///
  /// @throws  `casty::error` of `errc::corrupt` for a length of nothing, one that is over the
  ///          limit, or an unknown kind: the stream is of no use any more.
  [[nodiscard]] std::optional<frame> next();
  /// The limit from here on: a peer that is known may send longer ones.
  void limit(std::uint32_t bytes_max) noexcept { bytes_max_ = bytes_max; }
  /// Bytes that wait for the rest of their frame.
  [[nodiscard]] std::size_t waiting() const noexcept { return bytes_.size() - taken_; }

 private:
  std::uint32_t bytes_max_;
  std::vector<std::byte> bytes_;
  std::size_t taken_ = 0;  // of them, by frames that were given
};

}  // namespace casty::net
