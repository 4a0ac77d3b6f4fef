/// @file
/// How two nodes get to know each other: who they are, that they are of one cluster, speak one
/// version of the protocol, and know its secret. Without a socket: frames in, frames out.
///
///   dialer                                   acceptor
///     hello      ------------------------->    versions, cluster, identity, lane, its chance
///     <-------------------------  challenge    the version, its identity, its chance
///     proof      ------------------------->    of the secret
///     <-------------------------    welcome    its proof, and how far it has received
///
/// Either side may send a refusal in place of its frame, and the connection ends. The proofs are
/// HMAC-SHA256 (RFC 2104) with the secret over both first frames as they were sent and the role
/// of the prover: none can be used again, nor by the other side.
///
/// Layer: net, private.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "casty/wire/bytes.hpp"
#include "net/frame.hpp"
#include "net/identity.hpp"

namespace casty::net {

/// Versions of the protocol that this code speaks.
inline constexpr std::uint16_t version_min = 1;
inline constexpr std::uint16_t version_max = 1;

/// Of frames before a peer is known.
inline constexpr std::uint32_t handshake_bytes_max = 4096;

using chance = std::array<std::uint8_t, 32>;
using proof_bytes = std::array<std::uint8_t, 32>;

enum class refusal_reason : std::uint8_t {
  not_casty,        ///< the first bytes are another protocol's
  version,          ///< no version is spoken by both
  cluster,          ///< it is of another cluster
  other_node,       ///< another one, another run or name of it was called, or the node itself
  secret_expected,  ///< one side has a secret, the other has none
  secret_wrong,     ///< the secrets are not the same
  broken,           ///< frames that are not what they should be
  not_named,        ///< its certificate does not name the host of the address that it claims
};

[[nodiscard]] std::string_view to_string(refusal_reason reason) noexcept;

/// Why there is no connection, for both sides.
struct refusal {
  refusal_reason reason = refusal_reason::broken;
  std::string detail = {};
};

/// Whether the peer has proven to be of a host, by what is below. Empty: nobody proves anything.
using host_proof = std::function<bool(const std::string& host)>;

/// What came of it.
struct acquaintance {
  node_identity peer = {};
  net::lane lane = net::lane::control;
  std::uint16_t version = 0;
  std::uint64_t session = 0;   ///< of the dialer: in a later one its messages begin at 1 again
  std::uint64_t received = 0;  ///< the last of the dialer's messages that the acceptor has had
};

/// What both sides have.
class handshake_side {
 public:
  [[nodiscard]] const std::optional<acquaintance>& met() const noexcept { return met_; }
  [[nodiscard]] const std::optional<refusal>& refused() const noexcept { return refused_; }

 protected:
  handshake_side(const node_terms& terms, const chance& own, host_proof is_of)
      : terms_(terms), own_(own), is_of_(std::move(is_of)) {}
  ~handshake_side() = default;

  // `next` takes what is no refusal; what is not as it should be becomes one.
  template <class Next>
  bool take_or_refuse(const frame& got, wire::byte_buffer& out, Next next);
  bool refuse(refusal why, wire::byte_buffer& out);
  // An address that is none is refused as what is broken.
  [[nodiscard]] std::optional<refusal> objection_to_name(const node_identity& peer) const;

  const node_terms& terms_;
  chance own_;
  host_proof is_of_;
  std::string transcript_;
  std::optional<acquaintance> meeting_;  // until it is proven
  std::optional<acquaintance> met_;
  std::optional<refusal> refused_;
};

/// The side that has called.
///
/// @thread  One at a time.
class dialer : public handshake_side {
 public:
  /// @param expected  The incarnation that is called; nothing when any will do.
  /// @param known_as  The address by which it is called, to be the one that it says; empty: any.
  dialer(const node_terms& terms, lane on, std::uint64_t session, const chance& own,
         std::optional<std::uint64_t> expected = {}, host_proof is_of = {},
         std::string known_as = {});

  /// Appends the first frame.
  void start(wire::byte_buffer& out);
  /// Takes the next frame, and appends the answer.
  ///
  /// @returns  True when it is done: it has either met somebody or been refused.
  [[nodiscard]] bool take(const frame& got, wire::byte_buffer& out);

 private:
  bool take_challenge(byte_view body, wire::byte_buffer& out);
  bool take_welcome(byte_view body, wire::byte_buffer& out);

  lane on_;
  std::uint64_t session_;
  std::optional<std::uint64_t> expected_;
  std::string known_as_;
};

/// The side that was called.
///
/// @thread  One at a time.
class acceptor : public handshake_side {
 public:
  acceptor(const node_terms& terms, const chance& own, host_proof is_of = {})
      : handshake_side(terms, own, std::move(is_of)) {}

  /// As that of the dialer. When it is done without a refusal, `welcome` is to follow.
  [[nodiscard]] bool take(const frame& got, wire::byte_buffer& out);
  /// Appends the last frame.
  void welcome(std::uint64_t received, wire::byte_buffer& out);

 private:
  bool take_hello(byte_view body, wire::byte_buffer& out);
  bool take_proof(byte_view body, wire::byte_buffer& out);
};

}  // namespace casty::net
