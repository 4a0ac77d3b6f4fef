#include "net/host_and_port.hpp"

#include <cstddef>

#include "casty/core/error.hpp"

namespace casty::net {

host_and_port parts_of(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) {
    throw error(errc::bad_argument, "'" + address + "' is no HOST:PORT");
  }
  std::string host = address.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty() || host.front() == '.' || host.find('\0') != std::string::npos) {
    throw error(errc::bad_argument, "'" + address + "' names no host");
  }
  return {host, address.substr(colon + 1)};
}

}  // namespace casty::net
