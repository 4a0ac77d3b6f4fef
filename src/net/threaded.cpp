#include "net/threaded.hpp"

#include <chrono>

namespace casty::net {

std::uint64_t new_incarnation() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

}  // namespace casty::net
