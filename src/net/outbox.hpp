/// @file
/// What a node has to send to another on one lane: in order, once each, over as many connections
/// as it takes.
///
/// Messages are numbered from 1. They stay until the peer has acknowledged them; a new connection
/// begins with the peer's last number, and what it has not had goes out again. So while both nodes
/// live nothing is lost, doubled or reordered, whatever happens to connections.
///
/// Layer: net, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "casty/wire/bytes.hpp"
#include "net/frame.hpp"

namespace casty::net {

struct outbox_limits {
  std::size_t messages = 65'536;
  std::size_t bytes = 64U << 20;
};

/// @thread  One at a time.
class outbox {
 public:
  explicit outbox(const outbox_limits& limits = {}) : limits_(limits) {}

  /// Puts a message at the end.
  ///
  /// @returns  False, and nothing done, when there is no room until the peer acknowledges some.
  ///           One message of any size has room in an empty one.
  [[nodiscard]] bool put(byte_view message);

  /// A connection is there. The peer has had all up to `received`.
  ///
  /// @returns  False when it says it had what was never sent, or not what it acknowledged: it is
  ///           not the one that it was.
  [[nodiscard]] bool connected(std::uint64_t received);
  void disconnected() noexcept { is_connected_ = false; }

  /// Appends frames that are to go out now, as many as fit into some `bytes`, one at least; none
  /// without a connection.
  void take(wire::byte_buffer& out, std::size_t bytes);
  [[nodiscard]] bool has_more() const noexcept {
    return is_connected_ && next_ < count_;
  }

  /// The peer has had all up to `received`; otherwise as `connected`.
  [[nodiscard]] bool acknowledged(std::uint64_t received);

  /// Calls `visit` with each message, in order.
  ///
  /// (byte_view) -> void
  template <class Visit>
  void for_each(Visit visit) const {
    place at = first_at_;
    for (std::size_t each = 0; each < count_; ++each) {
      const byte_view frame = frame_at(at);
      visit(message_in(frame));
      at.byte += frame.size();
    }
  }

  /// What the peer has not acknowledged.
  [[nodiscard]] std::size_t messages() const noexcept { return count_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// Of them, those that may have arrived.
  [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

 private:
  // Of a frame, or of the end of a chunk before it.
  struct place {
    std::size_t chunk = 0;
    std::size_t byte = 0;
  };

  [[nodiscard]] byte_view frame_at(place& at) const noexcept;
  [[nodiscard]] static byte_view message_in(byte_view frame) noexcept;
  void drop_chunks() noexcept;

  outbox_limits limits_;
  // Frames as they go out; those before the first place are acknowledged.
  std::deque<wire::byte_buffer> chunks_;
  wire::byte_buffer spare_;
  place first_at_;
  place next_at_;
  std::uint64_t first_ = 1;  // its number
  std::size_t count_ = 0;    // of what waits
  std::size_t next_ = 0;     // of them: to go out on this connection
  std::size_t sent_ = 0;     // of them: went out on some connection
  std::size_t bytes_ = 0;
  bool is_connected_ = false;
};

}  // namespace casty::net
