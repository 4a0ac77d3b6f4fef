/// @file
/// What a node has had of another on one lane, over all connections.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <optional>

#include "casty/wire/bytes.hpp"

namespace casty::net {

/// @thread  One at a time.
class receipts {
 public:
  /// The last number. What a connection begins with, and what is acknowledged.
  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }

  /// Takes the body of a `frame_kind::message`.
  ///
  /// @returns  The message; nothing when it was there before.
  /// @throws   `casty::error` of `errc::corrupt` when one is missing before it, or there is no
  ///           number: the connection is of no use any more.
  [[nodiscard]] std::optional<byte_view> take(byte_view body);

  /// Whether so many are not acknowledged.
  [[nodiscard]] bool owes(std::uint64_t messages) const noexcept {
    return received_ - acknowledged_ >= messages;
  }
  /// Appends the frame, when there is something to acknowledge.
  void acknowledge(wire::byte_buffer& out);

 private:
  std::uint64_t received_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace casty::net
