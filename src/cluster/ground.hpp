/// @file
/// What a node stands on: in production threads and sockets, in a simulation one thread and
/// virtual time.
///
/// Layer: cluster, private.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "net/network.hpp"

namespace casty::cluster {

/// It outlives the node.
class ground {
 public:
  ground() = default;
  ground(const ground&) = delete;
  ground& operator=(const ground&) = delete;
  virtual ~ground() = default;

  [[nodiscard]] virtual net::network& network() noexcept = 0;
  /// HOST:PORT.
  [[nodiscard]] virtual const std::string& listens_at() const noexcept = 0;
  /// Greater in each run of the node than in those before.
  [[nodiscard]] virtual std::uint64_t incarnation() const noexcept = 0;

  /// From now on the network tells what comes, until `stop`.
  virtual void start() = 0;
  virtual void stop() noexcept = 0;
  /// Asks on the network's thread, again and again, whether it is done, but not for ever.
  virtual void wait_until(const std::function<bool()>& done, duration longest) = 0;
};

}  // namespace casty::cluster
