#include "net/way.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "net/frame.hpp"
#include "simulation/network.hpp"
#include "support/net_node.hpp"
#include "support/odd_peer.hpp"

namespace {

using casty::duration;
using casty::net::frame_kind;
using casty::simulation::fabric;
using casty::simulation::simulated_network;
using casty::simulation::world;
using support::net_node;
using texts = std::vector<std::string>;

const casty::net::node_terms odd_terms{{"b:1", 5}, "bank", "sesame"};

struct node {
  node(fabric& over, const std::string& address, std::uint64_t incarnation = 1,
       const casty::net::endpoint_options& options = {})
      : net(over, address), is(net, address, incarnation, options) {
    is.at.listen(address);
  }

  simulated_network net;
  net_node is;
};

TEST_CASE("net/way: who was called sends over the connection that there is") {
  world in(1);
  fabric over(in);
  node a(over, "a:1");
  node b(over, "b:1");
  REQUIRE(a.is.send("b:1", "first"));
  in.run_for(duration::seconds(1));
  texts sent = {"first"};
  REQUIRE(b.is.send("a:1", "first"));
  for (int count = 0; count < 100; ++count) {
    sent.push_back(std::to_string(count));
    REQUIRE(a.is.send("b:1", sent.back()));
    in.run_for(duration::milliseconds(20));
    REQUIRE(b.is.send("a:1", sent.back()));
    in.run_for(duration::milliseconds(20));
  }
  CHECK(a.is.got["b:1"] == sent);
  CHECK(b.is.got["a:1"] == sent);
  CHECK(over.connections() == 1);
  CHECK(b.is.told == texts{"with a:1"});
  REQUIRE(b.is.send("a:1", "the last"));
  in.run_for(duration::seconds(1));
  CHECK(b.is.at.is_idle());  // it is acknowledged, too
}

TEST_CASE("net/way: a peer who answers calls when nobody calls him, or goes on as he is called") {
  world in(1);
  fabric over(in);
  node a(over, "a:1");
  node b(over, "b:1");
  REQUIRE(a.is.send("b:1", "one"));
  in.run_for(duration::seconds(1));
  REQUIRE(b.is.send("a:1", "two"));
  in.run_for(duration::seconds(1));
  SUBCASE("who has forgotten him") {
    a.is.at.forget("b:1");
    REQUIRE(b.is.send("a:1", "three"));
    in.run_for(duration::seconds(1));
    CHECK(over.connections() == 2);
    REQUIRE(a.is.send("b:1", "four"));  // over that one, in turn
    in.run_for(duration::seconds(1));
    CHECK(over.connections() == 2);
    CHECK(b.is.got["a:1"] == texts{"one", "four"});
  }
  SUBCASE("whose connection broke") {
    over.reset_all();
    REQUIRE(b.is.send("a:1", "three"));
    in.run_for(duration::seconds(1));
  }
  CHECK(a.is.got["b:1"] == texts{"two", "three"});
  CHECK(a.is.lost_count + b.is.lost_count == 0);
}

TEST_CASE("net/way: what was sent to a caller who has restarted is lost, not given to the next") {
  world in(1);
  fabric over(in);
  auto a = std::make_unique<node>(over, "a:1", 1);
  node b(over, "b:1");
  REQUIRE(a->is.send("b:1", "one"));
  in.run_for(duration::seconds(1));
  REQUIRE(b.is.send("a:1", "two"));
  in.run_for(duration::seconds(1));
  a.reset();
  REQUIRE(b.is.send("a:1", "to nobody"));
  a = std::make_unique<node>(over, "a:1", 2);
  REQUIRE(a->is.send("b:1", "again"));
  in.run_for(duration::seconds(5));
  CHECK(b.is.lost_count == 1);
  CHECK(b.is.got["a:1"] == texts{"one", "again"});
  REQUIRE(b.is.send("a:1", "new"));
  in.run_for(duration::seconds(1));
  CHECK(a->is.got["b:1"] == texts{"new"});
}

TEST_CASE("net/way: what a caller who has restarted is answered is for him") {
  // A process that ends is known to have, by its machine's kernel; a machine is not.
  for (const bool ends_with_machine : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      CAPTURE(seed);
      world in(seed);
      fabric over(in);
      auto a = std::make_unique<node>(over, "a:1", 1);
      node b(over, "b:1");
      REQUIRE(a->is.send("b:1", "one"));
      in.run_for(duration::seconds(1));
      REQUIRE(b.is.send("a:1", "two"));
      in.run_for(duration::seconds(1));
      a->net.end(ends_with_machine);
      a.reset();
      in.run_for(duration::milliseconds(500));
      over.plug_in("a:1");
      a = std::make_unique<node>(over, "a:1", 2);
      REQUIRE(a->is.send("b:1", "three"));
      while (b.is.got["a:1"].size() < 2) {
        REQUIRE(in.now() < duration::seconds(60));
        in.run_for(duration::nanoseconds(100'000));
      }
      REQUIRE(b.is.send("a:1", "four"));
      in.run_for(duration::seconds(5));
      CHECK(a->is.got["b:1"] == texts{"four"});
      CHECK(b.is.lost_count == 0);
    }
  }
}

TEST_CASE("net/way: who cannot be called is sent to as soon as he has called") {
  duration longest = {};
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    node a(over, "a:1");
    node b(over, "b:1");
    over.unplug("b:1");
    REQUIRE(a.is.send("b:1", "one"));
    in.run_for(duration::seconds(40) + in.below(duration::seconds(12)));
    REQUIRE(b.is.send("a:1", "two"));
    const duration before = in.now();
    while (b.is.got["a:1"].empty() && in.now() - before < duration::seconds(20)) {
      in.run_for(duration::milliseconds(1));
    }
    longest = std::max(longest, in.now() - before);
  }
  CHECK(longest < duration::milliseconds(100));
}

std::string frames(const std::vector<std::pair<frame_kind, std::uint64_t>>& all) {
  casty::wire::byte_buffer out;
  for (const auto& [kind, number] : all) {
    casty::net::append_frame(out, kind, number);
  }
  return std::string(support::text_of(out.view()));
}

TEST_CASE("net/way: frames that have no place end the connection, with the reason") {
  const struct {
    bool calls;
    std::string then;
    std::string why;
  } cases[] = {
      {true, frames({{frame_kind::session, 7}}), "a second session"},
      {true, frames({{frame_kind::resumed, 0}, {frame_kind::resumed, 0}}), "what was not begun"},
      {true, frames({{frame_kind::resumed, 2}}), "what was never sent"},
      {true, frames({{frame_kind::acknowledgement, 1}}), "what it cannot have"},
      {true, frames({{frame_kind::welcome, 1}}), "out of place"},
      {false, frames({{frame_kind::message, 1}}), "a message of no session"},
      {false, frames({{frame_kind::session, 1}, {frame_kind::session, 2}}), "a second session"},
      {false, frames({{frame_kind::resumed, 0}}), "what was not begun"},
      {false, frames({{frame_kind::acknowledgement, 2}}), "what it cannot have"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.why);
    world in(1);
    fabric over(in);
    node a(over, "a:1");
    simulated_network at(over, "b:1");
    support::odd_peer odd(odd_terms, each.calls, each.then);
    std::unique_ptr<casty::net::operation> listening;
    if (!each.calls) {
      listening = at.listen("b:1", [&](auto line) { odd.take(std::move(line)); });
    }
    REQUIRE(a.is.send("b:1", "x"));
    in.run_for(duration::milliseconds(20));
    const auto calling = !each.calls ? nullptr : at.connect("a:1", [&](auto line, auto) {
      odd.take(std::move(line));
    });
    in.run_for(duration::seconds(1));
    CHECK(odd.has_met());
    CHECK(net_node::has(a.is.told, each.why));
    CHECK(a.is.lost_count <= 1);
  }
}

TEST_CASE("net/way: a caller who does not say what he has had is hung up on in time") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1, {.silence_max = duration::seconds(60)});
  simulated_network at(over, "b:1");
  support::odd_peer odd(odd_terms, true, {});
  REQUIRE(a.is.send("b:1", "x"));
  in.run_for(duration::milliseconds(20));
  const auto calling = at.connect("a:1", [&](auto line, auto) { odd.take(std::move(line)); });
  in.run_for(duration::seconds(4));
  CHECK(a.is.told == texts{"connection refused"});
  in.run_for(duration::seconds(3));
  CHECK(net_node::has(a.is.told, "it has not said in time what it has had"));
}

}  // namespace
