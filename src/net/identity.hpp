/// @file
/// Who a node is, and what its peers must agree on.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <string>

namespace casty::net {

/// One run of a node. A restart on the same address is another one.
struct node_identity {
  std::string address = {};  ///< HOST:PORT, as others reach it
  std::uint64_t incarnation = 0;

  friend bool operator==(const node_identity&, const node_identity&) = default;
};

/// What a connection is for, so that none waits behind another's bytes.
enum class lane : std::uint8_t { control, user, bulk };
inline constexpr unsigned lanes = 3;

/// What a node tells everybody whom it meets.
struct node_terms {
  node_identity self = {};
  std::string cluster = {};
  /// Both sides know it. Empty: none is asked for.
  std::string secret = {};
};

}  // namespace casty::net
