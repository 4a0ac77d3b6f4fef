/// @file
/// What is sent to one address on one lane: it waits, goes out over a connection, and stays until
/// it is acknowledged.
///
/// Layer: net, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "casty/core/duration.hpp"
#include "casty/wire/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/handshake.hpp"
#include "net/network.hpp"
#include "net/outbox.hpp"

namespace casty::net {

class connection;

/// It goes over the connection on which that peer has called, or calls by itself.
class way final {
 public:
  way(endpoint& of, std::string address, lane on);
  way(const way&) = delete;
  way& operator=(const way&) = delete;
  ~way() = default;

  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  [[nodiscard]] lane on() const noexcept { return on_; }
  [[nodiscard]] std::uint64_t session() const noexcept { return session_; }
  [[nodiscard]] bool is_idle() const noexcept { return box_.messages() == 0; }

  /// Waits for `send` to go out, with others.
  [[nodiscard]] bool put(byte_view message);
  void send();
  [[nodiscard]] lost_messages take_left();
  /// For good: nothing more is told.
  void shut();

  /// It waits for one, or for an answer to a call.
  [[nodiscard]] bool has_no_connection() const noexcept { return !is_shut_ && over_ == nullptr; }
  /// The peer has called.
  void go_over(connection& call);
  /// A later run of the peer is there: what was for the one before is lost, and what comes from now
  /// on is for this one.
  void has_restarted(std::uint64_t run);

  // Of its connection.
  void connected(const acquaintance& met);
  void acknowledged(std::uint64_t received);
  void take(wire::byte_buffer& out, std::size_t bytes) { box_.take(out, bytes); }
  void broken(std::string_view why);

 private:
  void call();
  void called(std::unique_ptr<stream> made, std::string_view why);
  void begin_anew(std::uint64_t run);
  void failed(std::string_view why);

  endpoint& of_;
  std::string address_;
  lane on_;
  std::uint64_t session_;
  outbox box_;
  connection* over_ = nullptr;
  std::optional<std::uint64_t> peer_;  // its incarnation, once it was met
  std::unique_ptr<operation> calling_;
  std::unique_ptr<operation> waiting_;
  duration wait_ = {};
  bool has_refused_ = false;  // a message, for want of room
  bool is_shut_ = false;
};

}  // namespace casty::net
