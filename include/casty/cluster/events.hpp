/// @file
/// What a clustered system says of other nodes, on its event stream.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta.
#pragma once

#include <cstddef>
#include <string>

namespace casty {

/// A node was given up, or another run of it is there. Refs to its actors lead nowhere any more,
/// their watchers are told; asks that it owed end with `errc::unavailable`.
struct node_lost {
  std::string address;      ///< HOST:PORT
  std::size_t unsent = 0;   ///< messages to its actors that never left
  std::size_t unknown = 0;  ///< those that may have arrived
};

/// A message type has one layout here and another there. Messages of it are refused by whoever
/// gets them, and are lost; other types go on. Both nodes say so, once.
struct schema_mismatch {
  std::string address;  ///< of the other node
  std::string type;     ///< the name of the message
  std::string field;    ///< where they differ first, for people: "field 2: i64 here, text there"
  std::string here;     ///< the layouts; empty where the type is not known
  std::string there;

  [[nodiscard]] static schema_mismatch of(std::string address, std::string type,
                                          std::string here, std::string there);
};

}  // namespace casty
