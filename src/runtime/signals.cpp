#include "runtime/signals.hpp"

#include <algorithm>
#include <csignal>

#include "casty/core/error.hpp"
#include "runtime/engine.hpp"

namespace casty::detail {

signal_wait::signal_wait() : signals_(context_, SIGINT, SIGTERM) {
  signals_.async_wait([](const boost::system::error_code&, int) {});
}

void signal_wait::run() { context_.run(); }

void signal_wait::interrupt() { context_.stop(); }

bool engine::run_until_signal() {
  if (worker::is_here()) {
    throw error(errc::would_block, "an actor cannot wait for a signal");
  }
  if (owned == nullptr) {
    throw error(errc::bad_argument, "a system on seams of its own is run by those");
  }
  {
    signal_wait here;
    {
      const std::lock_guard lock(signal_guard);
      signal_waits.push_back(&here);
    }
    if (!terminating.load(std::memory_order_acquire)) {
      here.run();
    }
    const std::lock_guard lock(signal_guard);
    std::erase(signal_waits, &here);
  }
  return terminate(shutdown_deadline);
}

void engine::interrupt_signal_waits() {
  const std::lock_guard lock(signal_guard);
  for (signal_wait* each : signal_waits) {
    each->interrupt();
  }
}

}  // namespace casty::detail
