/// @file
/// An orderly end on SIGINT and SIGTERM, also of a thread that waits for a file.
#pragma once

#include <csignal>

namespace ledger {

/// Thrown where a wait or a long loop was cut short by a signal.
struct interrupted {
  int signal = 0;
};

/// Holds SIGINT and SIGTERM back for as long as it lives, in this thread and those that
/// it starts later, so that the program ends in order where it chooses to look. After the
/// first signal it lets go: the next one ends the program at once, as ever.
///
/// A write into a closed pipe or beyond a size limit becomes an error of that write.
///
/// @thread  The one that made it.
class signals {
 public:
  signals();
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  /// @throws  interrupted, when a signal has come.
  void check();

  /// Waits until `descriptor` can be read or written without blocking.
  /// @throws  interrupted, when a signal has come.
  void wait_readable(int descriptor);
  void wait_writable(int descriptor);

 private:
  void wait(int descriptor, short events);

  sigset_t before_ = {};
  int arrivals_ = -1;  // can be read when a signal has come
};

}  // namespace ledger
