/// @file
/// Nodes with certificates on a simulated network, and one who has none.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/tls.hpp"
#include "simulation/network.hpp"
#include "support/bytes.hpp"
#include "support/certificates.hpp"
#include "support/net_node.hpp"
#include "support/tampering_network.hpp"

namespace support {

/// Of the nodes a, b and c: once for all, as a program is run for each.
[[nodiscard]] inline const certificates& node_certificates() {
  struct ready final : certificates {
    ready() {
      make_ca("ours");
      for (const std::string name : {"a", "b", "c"}) {
        make_node("ours", name, "--host " + name);
      }
    }
  };
  static const ready all;
  return all;
}

struct tls_node {
  tls_node(casty::simulation::fabric& over, const std::string& name, const std::string& host,
           tampering_network::tamper with = {})
      : plain(over, host + ":1"),
        way(plain, std::move(with)),
        secure(way, node_certificates().of("ours", name)),
        is(secure, host + ":1") {
    is.at.listen(host + ":1");
  }
  tls_node(casty::simulation::fabric& over, const std::string& name) : tls_node(over, name, name) {}

  casty::simulation::simulated_network plain;
  tampering_network way;
  casty::net::tls_network secure;
  net_node is;
};

/// Who speaks no TLS, whether he calls or is called, and what he hears.
struct stranger final : casty::net::stream_events {
  explicit stranger(std::string words = {}) : says(std::move(words)) {}
  void call(casty::net::network& on, const std::string& to) {
    calling = on.connect(to, [this](std::unique_ptr<casty::net::stream> got, std::string_view) {
      take(std::move(got));
    });
  }
  void listen(casty::net::network& on, const std::string& at) {
    listening =
        on.listen(at, [this](std::unique_ptr<casty::net::stream> got) { take(std::move(got)); });
  }

  std::string says;  // to each, first
  std::string heard;
  bool is_closed = false;
  std::unique_ptr<casty::net::operation> calling;
  std::unique_ptr<casty::net::operation> listening;
  std::unique_ptr<casty::net::stream> line;  // the last one

 private:
  void take(std::unique_ptr<casty::net::stream> got) {
    if (got == nullptr) {
      return;
    }
    line = std::move(got);
    line->start(*this);
    if (!says.empty()) {
      line->write(bytes_of(says));
    }
  }
  void received(casty::byte_view bytes) override { heard.append(text_of(bytes)); }
  void drained() override {}
  void closed(std::string_view) override { is_closed = true; }
};

/// The first bytes that a caller with a certificate sends.
[[nodiscard]] inline std::string first_words_in_tls() {
  casty::simulation::world in(1);
  casty::simulation::fabric over(in);
  casty::simulation::simulated_network net(over, "a:1");
  casty::net::tls_network secure(net, node_certificates().of("ours", "a"));
  stranger called;
  stranger caller;
  called.listen(net, "recorder:1");
  caller.call(secure, "recorder:1");
  in.run_for(casty::duration::milliseconds(100));
  return called.heard;
}

}  // namespace support
