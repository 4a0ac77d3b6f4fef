#include "casty/simulation/faults.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "simulation/plan.hpp"

namespace {

using casty::duration;
using casty::simulation::draw_faults;
using casty::simulation::fault;
using casty::simulation::fault_kind;
using casty::simulation::fault_options;

TEST_CASE("simulation/faults: they say what happens, when and for how long") {
  CHECK(to_string(fault{fault_kind::kill, duration::milliseconds(3210),
                        duration::milliseconds(1500), {2}, 0}) ==
        "3.210 s: node2 is killed, for 1.500 s");
  CHECK(to_string(fault{fault_kind::partition, {}, duration::seconds(1), {0, 3}, 0}) ==
        "0.000 s: node0, node3 cut off from all others, for 1.000 s");
  CHECK(to_string(fault{fault_kind::reset, {}, duration::seconds(1), {0, 3}, 0}) ==
        "0.000 s: connections of node0 and node3 break");
}

TEST_CASE("simulation/faults: a plan is drawn from its seed, within its time and among its nodes") {
  const fault_options all = fault_options::all();
  bool differ = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::vector<fault> plan = draw_faults(seed, 3, duration::seconds(60), all);
    CHECK(plan.size() > 20);
    CHECK(std::ranges::is_sorted(plan, {}, &fault::at));
    for (const fault& each : plan) {
      CHECK(each.at < duration::seconds(60));
      CHECK(each.lasts <= all.longest + duration::milliseconds(1));
      CHECK(!each.nodes.empty());
      CHECK(std::ranges::all_of(each.nodes, [](unsigned node) { return node < 3; }));
    }
    const std::vector<fault> again = draw_faults(seed, 3, duration::seconds(60), all);
    CHECK(std::ranges::equal(plan, again, {}, &fault::at, &fault::at));
    const std::vector<fault> other = draw_faults(seed + 1, 3, duration::seconds(60), all);
    differ = differ || !std::ranges::equal(plan, other, {}, &fault::at, &fault::at);
  }
  CHECK(differ);
}

TEST_CASE("simulation/faults: options out of range are refused, and say what they are") {
  const auto draw = [](const fault_options& of) {
    (void)draw_faults(1, 3, duration::seconds(1), of);
  };
  for (const double part : {-1.0, 1.0, 1.5, 10.0, std::nan("")}) {
    CHECK_THROWS_WITH_AS(draw({.packet_loss = part}), doctest::Contains("packet_loss: from 0"),
                         casty::error);
  }
  draw({.packet_loss = 0.999});
  CHECK_THROWS_WITH_AS(draw({.kinds = {fault_kind::kill}, .every = {}}),
                       doctest::Contains("here every 0.000 s"), casty::error);
  CHECK_THROWS_WITH_AS(draw({.longest = duration::seconds(-1)}),
                       doctest::Contains("lasts -1.000 s"), casty::error);
  CHECK_THROWS_WITH_AS(draw({.spared = {3}}), doctest::Contains("no node3 among 3"), casty::error);
  CHECK_THROWS_AS(draw({.kinds = {static_cast<fault_kind>(99)}}), casty::error);
}

TEST_CASE("simulation/faults: a single node has no links that could fail") {
  for (const fault& each :
       draw_faults(1, 1, duration::seconds(600), fault_options::of_network())) {
    CHECK(each.nodes.size() == 99);  // there is none
  }
}

}  // namespace
