/// @file
/// One stream to a peer and what goes over it; and the two things it can be, called and calling.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "casty/wire/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/frame.hpp"
#include "net/handshake.hpp"
#include "net/network.hpp"
#include "net/outbox.hpp"
#include "net/receipts.hpp"

namespace casty::net {

/// Frames over a stream, and signs of life.
class connection : private stream_events {
 public:
  explicit connection(endpoint& of) : of_(of) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

 protected:
  virtual ~connection() = default;

  // Within `take` and `write_more` frames are appended to `out_`.
  virtual void take(const frame& got) = 0;
  virtual void write_more() = 0;
  // The stream is gone.
  virtual void broken(std::string_view why) = 0;

  void open(std::unique_ptr<stream> over);
  // The peer is known: longer frames, and signs of life.
  void is_known();
  void close() noexcept;
  // Of whoever is at the other end, as the stream knows it; for as long as there is one.
  [[nodiscard]] host_proof proof_of_host() const {
    return [over = stream_.get()](const std::string& host) { return over->is_named(host); };
  }
  // Writes what there is, unless something is being written.
  void flush();
  // Says a last word, and waits a little for the peer to go: what closes at once may take it back.
  void close_after_writing() { closes_ = true; }

  endpoint& of_;
  wire::byte_buffer out_;

 private:
  void received(byte_view bytes) override;
  void drained() override;
  void closed(std::string_view why) override;
  void look();
  void fail(std::string_view why);

  std::unique_ptr<stream> stream_;
  std::unique_ptr<operation> timer_;
  frame_reader reader_;
  wire::byte_buffer writing_;
  duration heard_ = {};
  duration said_ = {};
  duration opened_ = {};
  bool is_writing_ = false;
  bool is_known_ = false;
  bool closes_ = false;
  bool says_last_ = false;
};

/// What is sent to one address on one lane.
class outgoing final : private connection {
 public:
  outgoing(endpoint& of, std::string address, lane on);
  ~outgoing() override = default;

  // Waits for `send` to go out, with others.
  [[nodiscard]] bool put(byte_view message);
  void send() { flush(); }
  [[nodiscard]] lost_messages take_left();
  [[nodiscard]] bool is_idle() const noexcept { return box_.messages() == 0; }
  // For good: nothing more is told.
  void shut() noexcept;

 private:
  void take(const frame& got) override;
  void write_more() override;
  void broken(std::string_view why) override;
  void dial();
  void dialed(std::unique_ptr<stream> made, std::string_view why);
  void meet(const acquaintance& met);
  void begin_anew(std::uint64_t run);
  void failed(std::string_view why);

  std::string address_;
  lane on_;
  std::uint64_t session_;
  outbox box_;
  std::optional<dialer> meeting_;
  std::optional<std::uint64_t> peer_;  // its incarnation, once it was met
  std::unique_ptr<operation> dialing_;
  std::unique_ptr<operation> waiting_;
  duration wait_ = {};
  bool has_refused_ = false;  // a message, for want of room
  bool is_shut_ = false;
};

/// A peer that has called.
class incoming final : private connection {
 public:
  explicit incoming(endpoint& of) : connection(of) {}
  ~incoming() override = default;

  void start(std::unique_ptr<stream> call);
  [[nodiscard]] bool is_stranger() const noexcept { return had_ == nullptr; }
  void shut() noexcept;

 private:
  void take(const frame& got) override;
  void write_more() override;
  void broken(std::string_view why) override;
  void acknowledge();

  std::optional<acceptor> meeting_;
  std::optional<acquaintance> met_;
  receipts* had_ = nullptr;
  std::size_t owed_bytes_ = 0;  // of what is not acknowledged
  std::unique_ptr<operation> acknowledging_;
};

}  // namespace casty::net
