// What endpoints promise, over TCP and over the simulated network.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "net/tcp.hpp"
#include "simulation/network.hpp"
#include "support/breakable_network.hpp"
#include "support/net_node.hpp"

namespace {

using casty::duration;
using casty::net::lane;
using support::breakable_network;
using support::bytes_of;
using support::net_node;

constexpr duration patience = duration::seconds(30);

class over_tcp {
 public:
  [[nodiscard]] casty::net::network& below() noexcept { return in_; }
  // Which port is free, only a listener knows.
  [[nodiscard]] std::string new_address() {
    const auto probe = in_.listen("127.0.0.1:0", [](auto) {});
    return in_.listens_at();
  }
  bool run_until(const std::function<bool()>& done) {
    const duration end = in_.now() + patience;
    while (!done() && in_.now() < end) {
      in_.run_for(duration::milliseconds(5));
    }
    return done();
  }

 private:
  casty::net::tcp_network in_;
};

class over_simulation {
 public:
  [[nodiscard]] casty::net::network& below() noexcept { return in_; }
  [[nodiscard]] std::string new_address() { return "node" + std::to_string(++last_) + ":1"; }
  bool run_until(const std::function<bool()>& done) {
    const duration end = all_.now() + patience;
    while (!done() && all_.step(end)) {
    }
    return done();
  }

 private:
  casty::simulation::world all_{1};
  casty::simulation::fabric over_{all_};
  casty::simulation::simulated_network in_{over_, "here:1"};
  int last_ = 0;
};

// Two nodes; the second does not listen yet.
template <class Over>
struct two_nodes {
  explicit two_nodes(const std::string& secret = "sesame")
      : net(over.below()), here(over.new_address()), there(over.new_address()) {
    a.emplace(net, here, 1, casty::net::endpoint_options{}, secret);
    b.emplace(net, there);
    a->at.listen(here);
  }
  void restart(std::uint64_t run) {
    b.reset();
    b.emplace(net, there, run);
    b->at.listen(there);
  }
  [[nodiscard]] const std::vector<std::string>& got() { return b->got[here]; }

  Over over;
  breakable_network net;
  std::string here;
  std::string there;
  std::optional<net_node> a;
  std::optional<net_node> b;
};

TEST_CASE_TEMPLATE("net/transport: messages of any size arrive in order, over one connection",
                   Over, over_tcp, over_simulation) {
  two_nodes<Over> of;
  of.b->at.listen(of.there);
  std::vector<std::string> sent;
  for (std::size_t count = 0; count < 5000; ++count) {
    sent.push_back(std::to_string(count) + std::string(count % 500, 'x'));
  }
  sent.emplace_back(5'000'000, 'y');
  for (const std::string& each : sent) {
    REQUIRE(of.a->send(of.there, each));
  }
  REQUIRE(of.over.run_until([&] { return of.got().size() == sent.size(); }));
  CHECK(of.got() == sent);
  CHECK(of.net.taken == 1);
  REQUIRE(of.a->at.send(of.there, lane::control, bytes_of("in another lane")));
  REQUIRE(of.b->send(of.here, "back"));
  REQUIRE(of.over.run_until([&] { return of.a->got[of.there].size() == 1; }));
  REQUIRE(of.over.run_until([&] { return of.got().size() == sent.size() + 1; }));
  CHECK(of.net.taken == 2);  // the answer went over the connection that there was
}

TEST_CASE_TEMPLATE("net/transport: over connections that break nothing is lost or doubled", Over,
                   over_tcp, over_simulation) {
  two_nodes<Over> of;
  of.b->at.listen(of.there);
  std::vector<std::string> sent;
  for (std::size_t round = 0; round < 20; ++round) {
    for (std::size_t count = 0; count < 200; ++count) {
      sent.push_back(std::to_string(sent.size()) + std::string(count, 'x'));
      REQUIRE(of.a->send(of.there, sent.back()));
    }
    REQUIRE(of.over.run_until([&] { return of.got().size() + 100 > sent.size(); }));
    of.net.break_all();
  }
  REQUIRE(of.over.run_until([&] { return of.got().size() == sent.size(); }));
  CHECK(of.got() == sent);
  CHECK(of.net.taken >= 10);
  CHECK(of.a->lost_count == 0);
}

TEST_CASE_TEMPLATE("net/transport: a flood waits for room", Over, over_tcp, over_simulation) {
  two_nodes<Over> of;
  const std::string big(1'000'000, 'x');
  std::size_t taken = 0;
  while (of.a->send(of.there, big)) {
    ++taken;
  }
  CHECK(taken == 67);  // 64 MiB
  of.b->at.listen(of.there);
  REQUIRE(of.over.run_until([&] { return of.got().size() == taken; }));
  CHECK(of.over.run_until([&] { return of.a->rooms == 1; }));
}

TEST_CASE_TEMPLATE("net/transport: a node that comes later is found, and one that restarts is "
                   "another",
                   Over, over_tcp, over_simulation) {
  two_nodes<Over> of;
  REQUIRE(of.a->send(of.there, "early"));
  REQUIRE(of.over.run_until([&] { return !of.a->told.empty(); }));
  of.b->at.listen(of.there);
  REQUIRE(of.over.run_until([&] { return of.got().size() == 1; }));
  REQUIRE(of.over.run_until([&] { return of.a->at.is_idle(); }));  // it is acknowledged
  of.restart(2);
  REQUIRE(of.a->send(of.there, "again"));
  // Sent before it was known that another one runs there, it is lost; else it arrives.
  REQUIRE(of.over.run_until([&] { return of.a->lost_count + of.got().size() == 1; }));
  REQUIRE(of.a->send(of.there, "now"));
  REQUIRE(of.over.run_until([&] { return !of.got().empty() && of.got().back() == "now"; }));
  of.net.break_all();
  REQUIRE(of.a->send(of.there, "and then"));
  REQUIRE(of.over.run_until([&] { return of.got().back() == "and then"; }));
  CHECK(of.a->lost_count + of.got().size() == 3);
}

TEST_CASE_TEMPLATE("net/transport: it is told when a connection is there, and why it is not", Over,
                   over_tcp, over_simulation) {
  two_nodes<Over> of;
  REQUIRE(of.a->send(of.there, "x"));
  REQUIRE(of.over.run_until([&] { return !of.a->told.empty(); }));
  CHECK(net_node::has(of.a->told, "efused"));
  of.b->at.listen(of.there);
  REQUIRE(of.over.run_until([&] { return of.a->told.back() == "with " + of.there; }));
  of.a->told.clear();
  of.net.break_all();
  REQUIRE(of.over.run_until([&] { return !of.a->told.empty(); }));
  CHECK(of.a->told.front() == "it broke");
}

TEST_CASE_TEMPLATE("net/transport: refusals are heard on both sides", Over, over_tcp,
                   over_simulation) {
  two_nodes<Over> of("a guess");
  of.b->at.listen(of.there);
  REQUIRE(of.a->send(of.there, "x"));
  REQUIRE(of.over.run_until([&] { return !of.a->refusals.empty() && !of.b->refusals.empty(); }));
  CHECK(of.a->reasons.front() == casty::net::refusal_reason::secret_wrong);
  CHECK(of.b->reasons.front() == casty::net::refusal_reason::secret_wrong);
  CHECK(of.got().empty());
}

TEST_CASE_TEMPLATE("net/transport: what is no address is not sent to, nor listened at", Over,
                   over_tcp, over_simulation) {
  two_nodes<Over> of;
  for (const std::string bad : {"nowhere", ":1", "[]:1", ""}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)of.a->send(bad, "x"), casty::error);
    of.a->at.forget(bad);
    CHECK_THROWS_AS(of.b->at.listen(bad), casty::error);
  }
  CHECK(of.a->lost_count == 0);
}

TEST_CASE_TEMPLATE("net/transport: what is called on its network runs there, in order", Over,
                   over_tcp, over_simulation) {
  Over over;
  std::vector<int> ran;
  for (int count = 0; count < 1000; ++count) {
    over.below().call([&ran, count] { ran.push_back(count); });
  }
  CHECK(ran.empty());
  REQUIRE(over.run_until([&] { return ran.size() == 1000; }));
  CHECK(std::ranges::is_sorted(ran));
}

}  // namespace
