/// @file
/// What waits to go to one node: put in by any thread, taken out by the network's.
///
/// Layer: cluster, private.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "casty/cluster/carrier.hpp"
#include "casty/core/reply_to.hpp"
#include "casty/wire/bytes.hpp"
#include "net/endpoint.hpp"

namespace casty::cluster {

/// Messages leave in the order in which they were put in.
///
/// @thread  Any, but for what says otherwise.
class outlet : public std::enable_shared_from_this<outlet> {
 public:
  /// So many bytes wait here at most; what the endpoint holds comes on top.
  static constexpr std::size_t bytes_max = 1U << 20;

  outlet(net::endpoint& by, std::string address);

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

  /// A run of the node, as it is known now: what is put for it later is for no other.
  struct ticket {
    std::uint64_t run = 0;
    std::uint64_t losses = 0;
  };
  [[nodiscard]] ticket ticket_for(std::uint64_t run);

  /// A message that finds nothing before it has room.
  ///
  /// @throws  `casty::error` of bad_argument for one over the limit of frames.
  [[nodiscard]] wire::sent put(byte_view message, const ticket& for_whom);
  /// For what cannot wait: it is little.
  ///
  /// @throws  As `put`.
  void put_beyond(byte_view message);
  /// Answers true when there may be room again, or nothing will ever go.
  void when_room(reply_to<bool> told);
  /// Before a message of a type: tells its layout, once. False for one that is refused there.
  [[nodiscard]] bool introduce(const wire::message_card& of);
  /// Changes when what `introduce` has said may be another now.
  [[nodiscard]] std::uint64_t epoch() const noexcept {
    return epoch_.load(std::memory_order_acquire);
  }
  /// Messages of that layout are not taken there.
  void is_refused(std::uint64_t fingerprint);

  // On the network's thread.
  [[nodiscard]] bool is_empty();
  void drain();
  /// Another run is there, or none (0): what waits is dropped, and layouts are to be told again.
  /// @returns  How many messages to actors.
  [[nodiscard]] std::size_t forget(std::uint64_t run);

 private:
  void append(byte_view message);
  void drain_soon();
  void tell_waiting(std::vector<reply_to<bool>> all) noexcept;

  net::endpoint& by_;
  std::string address_;
  std::mutex guard_;
  // Each with its length before it.
  wire::byte_buffer waiting_;
  std::uint64_t losses_ = 0;
  std::uint64_t run_ = 0;  // that came with the last of them
  std::vector<reply_to<bool>> told_;
  std::map<std::uint64_t, bool> is_taken_;  // there: layouts that were told, until one is refused
  std::atomic<std::uint64_t> epoch_{0};
  bool is_scheduled_ = false;
  // The network's.
  wire::byte_buffer leaving_;
  std::size_t left_ = 0;  // of it, in bytes
};

}  // namespace casty::cluster
