/// @file
/// A thread that waits for the end of its program.
///
/// Layer: runtime, private.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace casty::detail {

/// Takes SIGINT and SIGTERM for as long as it exists; afterwards they end the process again,
/// so that a second one ends a program that hangs as it stops.
class signal_wait {
 public:
  signal_wait();

  /// Until one of them comes, or `interrupt`.
  void run();
  /// @thread  Any.
  void interrupt();

 private:
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
};

}  // namespace casty::detail
