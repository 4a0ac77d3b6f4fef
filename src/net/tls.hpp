/// @file
/// TLS over another network: both sides prove by certificates that they are of one CA.
///
/// A stream is given before its handshake is done, which `start` begins; why that failed comes as
/// `closed`. Addresses, time and the rest are those of the network below.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/network.hpp"

namespace casty::net {

/// Files in PEM format.
struct tls_options {
  std::string ca_file = {};           ///< who may sign certificates of peers
  std::string certificate_file = {};  ///< this node's, then what is between it and the CA
  std::string key_file = {};          ///< without a password
};

struct tls_hooks {
  /// The files have changed, and cannot be used: the old ones stay.
  std::function<void(std::string_view why)> told = {};
  /// Since 1970, to see whether certificates are valid. Empty: the machine's clock.
  std::function<std::int64_t()> wall_clock_seconds = {};
};

class tls_context;

/// TLS 1.2 or later. The certificate of whoever is called must name the host that was called as DNS
/// name or IP address (subjectAltName); streams of both sides know whom that of the peer names. No
/// session is resumed.
/// The files are looked at for each new connection, and read again when they have changed.
class tls_network final : public network {
 public:
  /// @param below  Outlives it, as it does its streams and operations.
  ///
  /// @throws  `casty::error` of unavailable with the name of the file that cannot be used.
  tls_network(network& below, tls_options files, tls_hooks hooks = {});
  ~tls_network() override;

  /// Reads the files, also if they seem to be the same. Connections that there are stay.
  ///
  /// @throws  As the constructor: then the old ones stay.
  void reload();

  [[nodiscard]] std::unique_ptr<operation> listen(
      const std::string& address, std::function<void(std::unique_ptr<stream>)> called) override;
  [[nodiscard]] std::unique_ptr<operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<stream>, std::string_view why)> done) override;
  [[nodiscard]] std::unique_ptr<operation> after(duration span,
                                                 std::function<void()> then) override;
  void call(std::function<void()> what) override;
  [[nodiscard]] event_source* source() noexcept override { return below_.source(); }
  [[nodiscard]] duration now() const override;
  [[nodiscard]] std::uint64_t chance() override;

 private:
  network& below_;
  std::unique_ptr<tls_context> context_;
};

}  // namespace casty::net
