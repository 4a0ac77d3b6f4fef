/// @file
/// An address, HOST:PORT or [IPV6]:PORT, in its parts.
///
/// Layer: net, private.
#pragma once

#include <string>

namespace casty::net {

struct host_and_port {
  std::string host = {};  ///< without brackets
  std::string port = {};
};

/// No host begins with a dot: OpenSSL would take the certificate of any host below it.
///
/// @throws  `casty::error` of bad_argument for what is no HOST:PORT.
[[nodiscard]] host_and_port parts_of(const std::string& address);

}  // namespace casty::net
