/// @file
/// A network with a thread of its own, and what a node is told from its former runs by.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <thread>

#include "net/tcp.hpp"

namespace casty::net {

/// Greater in each run of a node than in those before: by the wall clock, in microseconds.
[[nodiscard]] std::uint64_t new_incarnation();

/// Runs a network until its end.
class network_thread {
 public:
  explicit network_thread(tcp_network& of) : of_(of), thread_([this] { of_.run(); }) {}
  network_thread(const network_thread&) = delete;
  network_thread& operator=(const network_thread&) = delete;
  ~network_thread() {
    of_.stop();
    thread_.join();
  }

 private:
  tcp_network& of_;
  std::thread thread_;
};

}  // namespace casty::net
