/// @file
/// Nodes that talk while their connections are reset and cut.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "simulation/fabric.hpp"
#include "support/net_node.hpp"

namespace support {

inline void cut_both_ways(casty::simulation::fabric& over, const std::string& left,
                          const std::string& right) {
  over.cut(left, right);
  over.cut(right, left);
}

/// For so many steps of 10 ms the three nodes, by their addresses, all talk to each other, in
/// messages as long as `length` says, over links that fail; then it is calm. Nothing is lost,
/// doubled or reordered.
///
/// @returns  How often a connection was reset.
inline std::size_t check_storm(casty::simulation::fabric& over,
                               const std::map<std::string, net_node*>& nodes, int steps,
                               const std::function<std::size_t()>& length) {
  casty::simulation::world& in = over.all();
  std::vector<std::string> addresses;
  for (const auto& [address, node] : nodes) {
    addresses.push_back(address);
  }
  REQUIRE(addresses.size() == 3);
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> sent;
  std::size_t resets = 0;
  for (int step = 0; step < steps; ++step) {
    const std::size_t which = in.below(3);
    const std::string& from = addresses[which];
    const std::string& to = addresses[(which + 1 + in.below(2)) % 3];
    std::vector<std::string>& all = sent[{from, to}];
    const std::string next = std::to_string(all.size()) + std::string(length(), '.');
    if (nodes.at(from)->send(to, next)) {
      all.push_back(next);
    }
    if (in.below(15) == 0) {
      over.reset(from, to);
      ++resets;
    }
    if (in.below(100) == 0) {
      cut_both_ways(over, from, to);
    } else if (in.below(50) == 0) {
      over.heal();
    }
    in.run_for(casty::duration::milliseconds(10));
  }
  over.heal();
  in.run_for(casty::duration::seconds(30));
  for (const auto& [pair, all] : sent) {
    REQUIRE(nodes.at(pair.second)->got[pair.first] == all);
  }
  for (const auto& [address, node] : nodes) {
    REQUIRE(node->lost_count == 0);
  }
  return resets;
}

}  // namespace support
