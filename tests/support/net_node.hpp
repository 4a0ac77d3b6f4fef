/// @file
/// A node over any network, and what it was told.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.hpp"
#include "support/bytes.hpp"

namespace support {

struct net_node final : casty::net::endpoint_events {
  net_node(casty::net::network& on, const std::string& address, std::uint64_t incarnation = 1,
           const casty::net::endpoint_options& options = {}, const std::string& secret = "sesame")
      : at(on, {{address, incarnation}, "bank", secret}, *this, options) {}

  void message(const casty::net::node_identity& from, casty::net::lane,
               casty::byte_view bytes) override {
    runs[from.address] = from.incarnation;
    got[from.address].emplace_back(text_of(bytes));
  }
  void room(const std::string&, casty::net::lane) override { ++rooms; }
  void lost(const std::string&, casty::net::lane, const casty::net::lost_messages& what) override {
    lost_count += what.unsent + what.unknown;
  }
  void refused(const std::string&, const casty::net::refusal& why) override {
    refusals.push_back(why.detail);
    reasons.push_back(why.reason);
  }
  void connected(const std::string& address, casty::net::lane) override {
    told.push_back("with " + address);
  }
  void disconnected(const std::string&, casty::net::lane, std::string_view why) override {
    told.emplace_back(why);
  }

  [[nodiscard]] bool send(const std::string& to, std::string_view text) {
    return at.send(to, casty::net::lane::user, bytes_of(text));
  }
  /// Whether one of the lines has the word.
  [[nodiscard]] static bool has(const std::vector<std::string>& lines, std::string_view word) {
    return std::ranges::any_of(
        lines, [word](const std::string& line) { return line.find(word) != std::string::npos; });
  }

  std::map<std::string, std::uint64_t> runs;
  std::map<std::string, std::vector<std::string>> got;
  std::size_t lost_count = 0;
  std::size_t rooms = 0;
  std::vector<std::string> refusals;
  std::vector<casty::net::refusal_reason> reasons;
  std::vector<std::string> told;
  casty::net::endpoint at;
};

}  // namespace support
