#include "net/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "simulation/network.hpp"
#include "support/bytes.hpp"
#include "support/net_storm.hpp"

namespace {

using casty::duration;
using casty::net::endpoint;
using casty::net::endpoint_options;
using casty::net::lane;
using casty::simulation::fabric;
using casty::simulation::simulated_network;
using casty::simulation::world;
using support::bytes_of;
using support::cut_both_ways;
using support::text_of;

// A node, and what it was told.
struct node final : casty::net::endpoint_events {
  node(fabric& over, const std::string& address, std::uint64_t incarnation,
       const endpoint_options& options = {}, const std::string& secret = "sesame")
      : net(over, address),
        at(net, {{address, incarnation}, "bank", secret}, *this, options) {
    at.listen(address);
  }

  void message(const casty::net::node_identity& from, lane on, casty::byte_view bytes) override {
    got[{from.address, on}].emplace_back(text_of(bytes));
  }
  void room(const std::string&, lane) override { ++rooms; }
  void lost(const std::string&, lane, const casty::net::lost_messages& what) override {
    unsent += what.unsent;
    unknown += what.unknown;
  }
  void refused(const std::string&, const casty::net::refusal& why) override {
    refusals.push_back(why.reason);
    details.push_back(why.detail);
  }
  void connected(const std::string& address, lane) override { told.push_back("with " + address); }
  void disconnected(const std::string& address, lane, std::string_view why) override {
    told.push_back(address + ": " + std::string(why));
    if (forgets) {
      at.forget(address);
    }
  }

  simulated_network net;
  std::map<std::pair<std::string, lane>, std::vector<std::string>> got;
  std::size_t rooms = 0;
  std::size_t unsent = 0;
  std::size_t unknown = 0;
  std::vector<casty::net::refusal_reason> refusals;
  std::vector<std::string> details;
  std::vector<std::string> told;
  bool forgets = false;  // whom it is disconnected from
  endpoint at;
};

TEST_CASE("net/endpoint: messages arrive in order, over one connection a lane") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1);
  node b(over, "b:1", 1);
  std::vector<std::string> sent;
  for (int count = 0; count < 20'000; ++count) {
    sent.push_back(std::to_string(count));
    REQUIRE(a.at.send("b:1", lane::user, bytes_of(sent.back())));
  }
  REQUIRE(a.at.send("b:1", lane::control, bytes_of("first")));
  REQUIRE(b.at.send("a:1", lane::user, bytes_of("back")));
  in.run_for(duration::seconds(2));
  CHECK(b.got[{"a:1", lane::user}] == sent);
  CHECK(b.got[{"a:1", lane::control}] == std::vector<std::string>{"first"});
  CHECK(a.got[{"b:1", lane::user}] == std::vector<std::string>{"back"});
  CHECK(over.connections() == 3);
}

TEST_CASE("net/endpoint: much is acknowledged at once, little in time") {
  const auto is_acknowledged = [](std::size_t messages, std::size_t bytes, duration within) {
    world in(1);
    fabric over(in);
    node a(over, "a:1", 1);
    node b(over, "b:1", 1, {.acknowledge_within = duration::seconds(1)});
    REQUIRE(a.at.send("b:1", lane::user, bytes_of("one")));
    in.run_for(duration::seconds(3));
    CHECK(a.at.is_idle());
    for (std::size_t each = 0; each < messages; ++each) {
      REQUIRE(a.at.send("b:1", lane::user, bytes_of(std::string(bytes, 'x'))));
    }
    in.run_for(within);
    return a.at.is_idle();
  };
  CHECK(is_acknowledged(1024, 1, duration::milliseconds(500)));
  CHECK(is_acknowledged(1, 256 << 10, duration::milliseconds(500)));
  CHECK(!is_acknowledged(1023, 1, duration::milliseconds(500)));
  CHECK(is_acknowledged(1023, 1, duration::milliseconds(1500)));
}

TEST_CASE("net/endpoint: to a node that is not there so much is kept, and no more") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1, {.outbox = {.messages = 1000}});
  std::size_t taken = 0;
  for (int count = 0; count < 100'000; ++count) {
    taken += a.at.send("b:1", lane::user, bytes_of("x")) ? 1 : 0;
  }
  CHECK(taken == 1000);
  in.run_for(duration::seconds(30));
  CHECK(a.rooms == 0);
  SUBCASE("until it is forgotten") {
    a.at.forget("b:1");
    CHECK(a.unsent == 1000);
    CHECK(a.unknown == 0);
  }
  SUBCASE("or comes") {
    node b(over, "b:1", 1);
    in.run_for(duration::seconds(10));
    CHECK(b.got[{"a:1", lane::user}].size() == 1000);
    CHECK(a.rooms == 1);
    CHECK(a.unsent + a.unknown == 0);
  }
}

TEST_CASE("net/endpoint: one that was forgotten is sent to anew") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1);
  node b(over, "b:1", 1);
  for (const char* text : {"one", "two", "three"}) {
    REQUIRE(a.at.send("b:1", lane::user, bytes_of(text)));
    in.run_for(duration::seconds(1));
    a.at.forget("b:1");
  }
  CHECK(b.got[{"a:1", lane::user}] == std::vector<std::string>{"one", "two", "three"});
  CHECK(a.unsent + a.unknown == 0);
}

TEST_CASE("net/endpoint: a node that has restarted gets nothing that the one before was sent") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1);
  auto b = std::make_unique<node>(over, "b:1", 1);
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("old")));
  in.run_for(duration::seconds(1));
  CHECK(b->got[{"a:1", lane::user}].size() == 1);
  b.reset();
  in.run_for(duration::milliseconds(10));
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("to nobody")));
  b = std::make_unique<node>(over, "b:1", 2);
  in.run_for(duration::seconds(10));
  CHECK(b->got.empty());
  CHECK(a.unsent + a.unknown == 1);
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("new")));
  in.run_for(duration::seconds(1));
  CHECK(b->got[{"a:1", lane::user}] == std::vector<std::string>{"new"});

  over.reset_all();
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("newer")));
  in.run_for(duration::seconds(10));
  CHECK(b->got[{"a:1", lane::user}] == std::vector<std::string>{"new", "newer"});
  CHECK(a.unsent + a.unknown == 1);
}

TEST_CASE("net/endpoint: a run of a node that is over does not come back") {
  world in(1);
  fabric over(in);
  node b(over, "b:1", 1);
  auto later = std::make_unique<node>(over, "a:1", 5);
  REQUIRE(later->at.send("b:1", lane::user, bytes_of("later")));
  in.run_for(duration::seconds(1));
  later.reset();
  node earlier(over, "a:1", 4);
  REQUIRE(earlier.at.send("b:1", lane::user, bytes_of("earlier")));
  in.run_for(duration::seconds(20));
  CHECK(b.got[{"a:1", lane::user}] == std::vector<std::string>{"later"});
}

TEST_CASE("net/endpoint: a connection whose other side is silent is given up within 4 s") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    node a(over, "a:1", 1);
    node b(over, "b:1", 1);
    REQUIRE(a.at.send("b:1", lane::user, bytes_of("one")));
    in.run_for(duration::milliseconds(60'000 + static_cast<std::int64_t>(50 * seed)));
    CHECK(over.connections() == 1);  // signs of life hold it
    REQUIRE(a.at.send("b:1", lane::user, bytes_of("two")));
    in.run_for(duration::milliseconds(20));
    cut_both_ways(over, "a:1", "b:1");
    REQUIRE(a.at.send("b:1", lane::user, bytes_of("three")));
    in.run_for(duration::seconds(4));
    CHECK(b.at.connections() == 0);
    CHECK(a.told.back() == "b:1: nothing is acknowledged any more");
    over.heal();
    in.run_for(duration::seconds(10));
    CHECK(over.connections() == 2);
    CHECK(b.got[{"a:1", lane::user}] == std::vector<std::string>{"one", "two", "three"});
  }
}

TEST_CASE("net/endpoint: who does not know the secret is refused, and said so") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1, {}, "a guess");
  node b(over, "b:1", 1);
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("x")));
  in.run_for(duration::seconds(1));
  CHECK(b.got.empty());
  REQUIRE(!a.refusals.empty());
  CHECK(a.refusals.front() == casty::net::refusal_reason::secret_wrong);
  CHECK(b.refusals.front() == casty::net::refusal_reason::secret_wrong);
  in.run_for(duration::seconds(60));
  CHECK(over.connections() < 30);  // it calls ever less often
}

TEST_CASE("net/endpoint: callers who say nothing are shown out, and no peer suffers") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1);
  node b(over, "b:1", 1, {.strangers_max = 10});
  simulated_network strangers(over, "x:1");
  std::vector<std::unique_ptr<casty::net::stream>> idle;
  std::vector<std::unique_ptr<casty::net::operation>> calls;
  for (int count = 0; count < 1000; ++count) {
    calls.push_back(strangers.connect(
        "b:1", [&](std::unique_ptr<casty::net::stream> made, std::string_view) {
          idle.push_back(std::move(made));
        }));
  }
  in.run_for(duration::milliseconds(100));
  CHECK(idle.size() == 1000);
  CHECK(b.at.connections() == 10);
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("hello")));
  in.run_for(duration::seconds(1));
  CHECK(b.got[{"a:1", lane::user}].size() == 1);
  in.run_for(duration::seconds(10));
  CHECK(b.at.connections() == 1);
}

TEST_CASE("net/endpoint: it is told when a connection is there, and why it is not") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1, {.reconnect_least = duration::seconds(1)});
  REQUIRE(a.at.send("b:1", lane::user, bytes_of("x")));
  in.run_for(duration::milliseconds(500));
  CHECK(a.told == std::vector<std::string>{"b:1: connection refused"});
  a.told.clear();
  auto b = std::make_unique<node>(over, "b:1", 1);
  SUBCASE("of one that runs") {
    in.run_for(duration::seconds(2));
    CHECK(a.told == std::vector<std::string>{"with b:1"});
    CHECK(b->told.empty());  // it has called nobody
    a.told.clear();
    SUBCASE("and ends") {
      b.reset();
      in.run_for(duration::milliseconds(500));
      CHECK(a.told == std::vector<std::string>{"b:1: it is closed by the other side"});
    }
    SUBCASE("and is cut off") {
      cut_both_ways(over, "a:1", "b:1");
      in.run_for(duration::seconds(5));
      CHECK(a.told == std::vector<std::string>{"b:1: nothing is acknowledged any more"});
      in.run_for(duration::seconds(10));
      REQUIRE(a.told.size() >= 2);
      CHECK(a.told[1] == "b:1: it did not answer in time");
    }
    SUBCASE("and is forgotten") {
      a.at.forget("b:1");
      in.run_for(duration::seconds(5));
      CHECK(a.told.empty());
    }
  }
  SUBCASE("of one that refuses") {
    b.reset();
    b = std::make_unique<node>(over, "b:1", 1, endpoint_options{}, "another secret");
    in.run_for(duration::seconds(2));
    CHECK(a.told == std::vector<std::string>{"b:1: it was refused"});
  }
}

TEST_CASE("net/endpoint: whom it is disconnected from may be forgotten at once") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    node a(over, "a:1", 1);
    node b(over, "b:1", 1);
    a.forgets = true;
    REQUIRE(a.at.send("b:1", lane::user, bytes_of("x")));
    REQUIRE(a.at.send("c:1", lane::user, bytes_of("to nobody")));
    in.run_for(duration::milliseconds(static_cast<std::int64_t>(in.below(10))));
    over.reset("a:1", "b:1");
    in.run_for(duration::seconds(1));
    CHECK(a.unsent + a.unknown + b.got[{"a:1", lane::user}].size() >= 2);
    a.told.clear();
    in.run_for(duration::seconds(10));
    CHECK(a.told.empty());
  }
}

TEST_CASE("net/endpoint: why a caller stayed unknown is told") {
  world in(1);
  fabric over(in);
  node b(over, "b:1", 1);
  simulated_network strangers(over, "x:1");
  std::unique_ptr<casty::net::stream> caller;
  const auto call = strangers.connect(
      "b:1", [&](std::unique_ptr<casty::net::stream> made, std::string_view) {
        caller = std::move(made);
      });
  in.run_for(duration::milliseconds(100));
  SUBCASE("he goes") {
    caller.reset();
    in.run_for(duration::seconds(1));
    CHECK(b.details == std::vector<std::string>{"it is closed by the other side"});
  }
  SUBCASE("he says nothing") {
    in.run_for(duration::seconds(6));
    CHECK(b.details == std::vector<std::string>{"it has not said in time who it is"});
  }
}

TEST_CASE("net/endpoint: what was called on a network that has ended does not run") {
  world in(1);
  fabric over(in);
  bool has_run = false;
  {
    simulated_network net(over, "a:1");
    net.call([&has_run] { has_run = true; });
  }
  in.run_for(duration::milliseconds(10));
  CHECK(!has_run);
}

TEST_CASE("net/endpoint: a message over the limit is the sender's mistake") {
  world in(1);
  fabric over(in);
  node a(over, "a:1", 1, {.frame_bytes_max = 100});
  CHECK_THROWS_AS((void)a.at.send("b:1", lane::user, bytes_of(std::string(92, 'x'))),
                  casty::error);
  CHECK(a.at.send("b:1", lane::user, bytes_of(std::string(91, 'x'))));
}

TEST_CASE("net/endpoint: in a storm nothing is lost, doubled or reordered") {
  std::size_t resets = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    std::deque<simulated_network> networks;
    std::deque<support::net_node> nodes;
    std::map<std::string, support::net_node*> by_address;
    for (const std::string address : {"a:1", "b:1", "c:1"}) {
      support::net_node& made = nodes.emplace_back(networks.emplace_back(over, address), address, 1,
                                                   endpoint_options{.outbox = {.messages = 50}});
      made.at.listen(address);
      by_address.emplace(address, &made);
    }
    resets += support::check_storm(over, by_address, 1000, [&in] { return in.below(50); });
  }
  CHECK(resets > 1000);
}

}  // namespace
