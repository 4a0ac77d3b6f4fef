/// @file
/// A network that may change what comes over it, as it passes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "support/bytes.hpp"
#include "support/passing_network.hpp"

namespace support {

class tampering_network final : public passing_network {
 public:
  /// Is given each piece on its way to the node above; with none, everything is left as it is.
  using tamper = std::function<void(std::string& piece)>;

  tampering_network(casty::net::network& below, tamper with)
      : passing_network(below), with_(std::move(with)) {}

 private:
  class tampered final : public passing_stream {
   public:
    tampered(std::unique_ptr<casty::net::stream> below, const tamper& with)
        : passing_stream(std::move(below)), with_(with) {}

   private:
    void received(casty::byte_view bytes) override {
      std::string piece(text_of(bytes));
      with_(piece);
      passing_stream::received(bytes_of(piece));
    }

    const tamper& with_;
  };

  std::unique_ptr<casty::net::stream> over(std::unique_ptr<casty::net::stream> below) override {
    if (!with_) {
      return below;
    }
    return std::make_unique<tampered>(std::move(below), with_);
  }

  tamper with_;
};

}  // namespace support
