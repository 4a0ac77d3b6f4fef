/// @file
/// What sends between nodes, as the templates of messages see it: addresses for refs, cards for
/// protocols, and the ways that bytes go.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "casty/core/reply_to.hpp"
#include "casty/wire/bytes.hpp"

namespace casty::wire {

class ref_carrier;
struct protocol_card;

/// Somebody here who waits for an answer, which comes as bytes. Its end fails the ask.
class waiting_answer {
 public:
  virtual ~waiting_answer() = default;
  /// @throws  `casty::error` of corrupt.
  virtual void take(byte_view bytes, ref_carrier& refs) = 0;
  virtual void fail(errc why) = 0;
};

/// The way back to an asker on another node.
class answer_route {
 public:
  virtual ~answer_route() = default;
  virtual void send(byte_view answer) = 0;
  virtual void fail(errc why) = 0;
};

/// Makes addresses of refs, and refs of addresses.
///
/// @thread  Any.
class ref_carrier {
 public:
  virtual void write_ref(byte_buffer& to, const casty::detail::target& of,
                         const protocol_card& as) = 0;
  [[nodiscard]] virtual casty::detail::target read_ref(byte_reader& from,
                                                       const protocol_card& as) = 0;
  virtual void write_asker(byte_buffer& to, std::unique_ptr<waiting_answer> asker) = 0;
  [[nodiscard]] virtual std::shared_ptr<answer_route> read_asker(byte_reader& from) = 0;
  [[nodiscard]] virtual casty::detail::engine* system() noexcept = 0;

 protected:
  ~ref_carrier() = default;
};

/// What a node must know of a message to send it and to take it.
struct message_card {
  std::string_view name;
  std::string_view description;
  std::uint64_t fingerprint;
  /// Reads a message and tells it.
  void (*deliver)(const casty::detail::target& to, unsigned position, byte_view bytes,
                  ref_carrier& refs);
};

/// Whether a message has left.
enum class sent : std::uint8_t {
  yes,
  no_room,  ///< now; `when_room` tells when it is worth another try
  never,    ///< its node is lost, or does not take the type
};

/// An actor on another node, and the way there.
class far_actor {
 public:
  virtual ~far_actor() = default;
  /// Appends what stands before a message of that type, which this thread writes next. False for
  /// one that will not be taken.
  [[nodiscard]] virtual bool address(byte_buffer& to, const message_card& as) = 0;
  /// It is written, or it cannot be. Numbers of the askers in it.
  [[nodiscard]] virtual std::vector<std::uint64_t> written() noexcept = 0;
  /// Nobody will answer these: the message does not leave.
  virtual void drop(const std::vector<std::uint64_t>& askers) noexcept = 0;
  [[nodiscard]] virtual sent send(byte_view message) = 0;
  virtual void when_room(reply_to<bool> told) = 0;
};

struct protocol_card {
  std::string_view name;
  const message_card* messages;
  unsigned count;
  /// Spawns an actor that stands for one on another node: what it is told goes there.
  casty::detail::target (*stand_in)(ref_carrier& refs, std::shared_ptr<far_actor> whom);
};

}  // namespace casty::wire
