/// @file
/// One stream to a peer: how both get to know each other, the messages of one lane in both
/// directions, and signs of life.
///
/// Layer: net, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "casty/wire/bytes.hpp"
#include "net/frame.hpp"
#include "net/handshake.hpp"
#include "net/network.hpp"
#include "net/receipts.hpp"

namespace casty::net {

class endpoint;
class way;

/// The side that has called sends from the beginning. The other may send as well: it says which
/// session of its own that is, and is answered how far that was received.
class connection final : private stream_events {
 public:
  /// A peer has called.
  connection(endpoint& of, std::unique_ptr<stream> call);
  /// A peer was called, for what goes there.
  connection(endpoint& of, std::unique_ptr<stream> made, way& carried);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() = default;

  /// It has called, and is not known yet.
  [[nodiscard]] bool is_stranger() const noexcept { return called_.has_value(); }
  /// It is known, and nothing goes there.
  [[nodiscard]] bool is_free() const noexcept { return is_known_ && carries_ == nullptr; }
  /// Nothing before it is known.
  [[nodiscard]] const std::optional<acquaintance>& met() const noexcept { return met_; }
  /// From now on, once the peer has said where to begin.
  void carry(way& carried);
  /// Writes what there is, unless something is being written.
  void flush();
  /// For good.
  ///
  /// @returns  What was carried, or null.
  way* shut() noexcept;

 private:
  void received(byte_view bytes) override;
  void drained() override;
  void closed(std::string_view why) override;

  void open();
  void look();
  void fail(std::string_view why);
  void become_known(const acquaintance& met);
  // Says a last word, and waits a little for the peer to go: what closes at once may take it back.
  void refuse(const std::string& whom, const refusal& why);

  // Within these, frames are appended to `out_`.
  void take(const frame& got);
  void take_from_called(const frame& got);
  void take_from_caller(const frame& got);
  void take_message(byte_view body);
  void take_session(std::uint64_t session);
  void take_resumed(std::uint64_t received);
  void write_more();
  void acknowledge();

  endpoint& of_;
  std::unique_ptr<stream> stream_;
  std::unique_ptr<operation> timer_;
  frame_reader reader_{handshake_bytes_max};
  wire::byte_buffer out_;
  wire::byte_buffer writing_;
  duration heard_ = {};
  duration said_ = {};
  duration asked_ = {};  // something that is to be answered in time
  bool is_writing_ = false;
  bool is_known_ = false;
  bool closes_ = false;
  bool says_last_ = false;

  // Until it is known.
  std::optional<dialer> calling_;
  std::optional<acceptor> called_;
  std::optional<acquaintance> met_;

  way* carries_ = nullptr;
  bool awaits_resumed_ = false;
  receipts* had_ = nullptr;     // null while the peer sends nothing
  std::size_t owed_bytes_ = 0;  // of what is not acknowledged
  std::unique_ptr<operation> acknowledging_;
};

}  // namespace casty::net
