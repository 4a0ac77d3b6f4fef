/// @file
/// What TLS connections of a node have in common: its CA, its certificate and key, as read from
/// files.
///
/// Layer: net, private.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "net/tls.hpp"

namespace casty::net {

template <auto End>
struct ended_by {
  template <class Object>
  void operator()(Object* object) const noexcept {
    End(object);
  }
};
using tls_session = std::unique_ptr<SSL, ended_by<SSL_free>>;

/// Why the last call of OpenSSL on this thread has failed; forgets it.
[[nodiscard]] std::string openssl_error();

/// @thread  One at a time.
class tls_context {
 public:
  tls_context(tls_options files, tls_hooks hooks);

  void reload();
  /// One side of a connection, of what the files are now.
  ///
  /// @param refusal  Is given why the certificate of the peer is refused; lives longer.
  [[nodiscard]] tls_session new_session(std::string& refusal);

 private:
  // Whether a file is the one that was read, without reading it.
  struct stamp {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::int64_t size = -1;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    friend bool operator==(const stamp&, const stamp&) = default;
  };
  using stamps = std::array<stamp, 3>;

  [[nodiscard]] static stamp stamp_of(const std::string& file) noexcept;
  [[nodiscard]] stamps stamps_now() const noexcept;

  tls_options files_;
  tls_hooks hooks_;
  stamps tried_ = {};
  std::unique_ptr<SSL_CTX, ended_by<SSL_CTX_free>> read_;  // its sessions have a share in it
};

}  // namespace casty::net
