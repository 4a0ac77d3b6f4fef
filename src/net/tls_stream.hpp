/// @file
/// TLS over any stream, through memory: what it is over does not know of it.
///
/// Layer: net, private.
#pragma once

#include <memory>
#include <string>

#include "net/network.hpp"
#include "net/tls_context.hpp"

namespace casty::net {

/// The side that has called `host`, a DNS name or an IP address, which the peer's certificate must
/// name.
[[nodiscard]] std::unique_ptr<stream> tls_stream_to(const std::string& host, network& on,
                                                    std::unique_ptr<stream> over,
                                                    tls_context& with);
/// The side that was called.
[[nodiscard]] std::unique_ptr<stream> tls_stream_of_caller(network& on,
                                                           std::unique_ptr<stream> over,
                                                           tls_context& with);

}  // namespace casty::net
