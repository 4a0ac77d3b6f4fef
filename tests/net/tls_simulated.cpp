#include "net/tls.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "simulation/network.hpp"
#include "support/bytes.hpp"
#include "support/net_node.hpp"
#include "support/net_storm.hpp"
#include "support/tls_node.hpp"

namespace {

using casty::duration;
using casty::simulation::fabric;
using casty::simulation::simulated_network;
using casty::simulation::world;
using support::bytes_of;
using support::net_node;
using support::stranger;
using support::tls_node;

TEST_CASE("net/tls: in a storm nothing is lost, doubled or reordered") {
  std::size_t resets = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    tls_node a(over, "a");
    tls_node b(over, "b");
    tls_node c(over, "c");
    const std::map<std::string, net_node*> all = {{"a:1", &a.is}, {"b:1", &b.is}, {"c:1", &c.is}};
    // Now and then more than is encrypted at a time.
    resets += support::check_storm(over, all, 300,
                                   [&in] { return in.below(in.below(30) == 0 ? 200'000 : 50); });
    for (const auto& [address, node] : all) {
      REQUIRE(!net_node::has(node->told, "TLS: "));
      REQUIRE(!net_node::has(node->told, "refuse"));
    }
  }
  CHECK(resets > 300);
}

TEST_CASE("net/tls: what is changed on the way ends the connection, and is sent again") {
  std::size_t changed = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    bool is_safe = false;
    const auto tamper = [&](std::string& piece) {
      if (!is_safe && in.below(10) == 0) {
        piece[in.below(piece.size())] ^= static_cast<char>(1 << in.below(8));
        ++changed;
      }
    };
    tls_node a(over, "a", "a", tamper);
    tls_node b(over, "b", "b", tamper);
    std::vector<std::string> sent;
    for (int step = 0; step < 200; ++step) {
      sent.push_back(std::to_string(step) + std::string(in.below(5000), '.'));
      REQUIRE(a.is.send("b:1", sent.back()));
      in.run_for(in.below(duration::milliseconds(5)));
    }
    is_safe = true;
    in.run_for(duration::seconds(30));
    REQUIRE(b.is.got["a:1"] == sent);
    REQUIRE(a.is.lost_count == 0);
  }
  CHECK(changed > 100);
}

TEST_CASE("net/tls: whoever answers with garbage is hung up on, with a reason") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    tls_node a(over, "a");
    simulated_network elsewhere(over, "x:1");
    std::string words = "\x16\x03\x03";
    while (words.size() < 100) {
      words.push_back(static_cast<char>(in.below(256)));
    }
    stranger x(words.substr(in.below(2) * 3));
    x.listen(elsewhere, "x:1");
    REQUIRE(a.is.send("x:1", "secret"));
    in.run_for(duration::seconds(6));
    REQUIRE(!a.is.told.empty());
    const std::string& why = a.is.told.front();
    CAPTURE(why);
    CHECK((why.starts_with("TLS: ") || why.starts_with("it does not speak TLS: ") ||
           why == "it has not said in time who it is"));
    CHECK(x.heard.find("secret") == std::string::npos);
  }
}

TEST_CASE("net/tls: a certificate that does not name the host which was called is refused") {
  world in(1);
  fabric over(in);
  tls_node a(over, "a");
  tls_node b(over, "b");
  tls_node other(over, "b", "b.example");
  REQUIRE(a.is.send("b.example:1", "x"));
  in.run_for(duration::seconds(2));
  REQUIRE(!a.is.told.empty());
  CHECK(a.is.told.front() == "the certificate of 'CN=b' is refused: hostname mismatch");
  CHECK(net_node::has(other.is.refusals, "it refuses: "));
  REQUIRE(a.is.send("b:1", "hello"));
  in.run_for(duration::seconds(2));
  CHECK(b.is.got["a:1"] == std::vector<std::string>{"hello"});
}

TEST_CASE("net/tls: a node that claims the address of another is refused, however bytes come") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    tls_node a(over, "a");
    tls_node b(over, "b");
    simulated_network plain(over, "x:1");
    casty::net::tls_network secure(plain, support::node_certificates().of("ours", "c"));
    net_node x(secure, "a:1", 99);
    REQUIRE(a.is.send("b:1", "first"));
    REQUIRE(x.send("b:1", "x"));
    in.run_for(duration::seconds(2));
    REQUIRE(a.is.send("b:1", "second"));
    in.run_for(duration::seconds(2));
    CHECK(b.is.got["a:1"] == std::vector<std::string>{"first", "second"});
    CHECK(net_node::has(b.is.refusals, "does not name 'a'"));
    CHECK(net_node::has(x.refusals, "does not name 'a'"));
    CHECK(a.is.told == std::vector<std::string>{"with b:1"});
  }
}

TEST_CASE("net/tls: a handshake that stops anywhere is shown out, and no peer suffers") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    world in(seed);
    fabric over(in);
    const std::string hello = support::first_words_in_tls();
    REQUIRE(hello.size() > 100);
    tls_node a(over, "a");
    tls_node b(over, "b");
    simulated_network elsewhere(over, "x:1");
    stranger x;
    x.call(elsewhere, "b:1");
    in.run_for(duration::milliseconds(20));
    REQUIRE(x.line != nullptr);
    std::string words = hello.substr(0, in.below(hello.size()));
    if (!words.empty() && in.below(2) == 0) {
      words[in.below(words.size())] ^= static_cast<char>(1 + in.below(255));
    }
    x.line->write(bytes_of(words + std::string(in.below(2) * in.below(500), 'x')));
    REQUIRE(a.is.send("b:1", "hello"));
    in.run_for(duration::seconds(1));
    const bool goes = in.below(2) == 0;
    if (goes) {
      x.line.reset();
    }
    in.run_for(duration::seconds(6));
    CHECK(b.is.got["a:1"] == std::vector<std::string>{"hello"});
    CHECK((goes || x.is_closed));
    CHECK(b.is.at.connections() == 1);
    CHECK(b.is.refusals.size() == 1);
  }
}

TEST_CASE("net/tls: a caller of one byte a second is shown out in time") {
  world in(1);
  fabric over(in);
  const std::string hello = support::first_words_in_tls();
  tls_node a(over, "a");
  tls_node b(over, "b");
  simulated_network elsewhere(over, "x:1");
  stranger slow;
  slow.call(elsewhere, "b:1");
  for (int second = 0; second < 7; ++second) {
    in.run_for(duration::seconds(1));
    if (!slow.is_closed) {
      slow.line->write(bytes_of(hello.substr(static_cast<std::size_t>(second), 1)));
    }
    REQUIRE(a.is.send("b:1", std::to_string(second)));
  }
  in.run_for(duration::seconds(1));
  CHECK(slow.is_closed);
  CHECK(b.is.refusals == std::vector<std::string>{"it has not said in time who it is"});
  CHECK(b.is.got["a:1"].size() == 7);
}

TEST_CASE("net/tls: a thousand idle callers are bounded, and no peer suffers") {
  world in(1);
  fabric over(in);
  tls_node a(over, "a");
  tls_node b(over, "b");
  simulated_network elsewhere(over, "x:1");
  std::deque<stranger> idle;
  for (int count = 0; count < 1000; ++count) {
    idle.emplace_back().call(elsewhere, "b:1");
  }
  in.run_for(duration::milliseconds(100));
  CHECK(b.is.at.connections() == 256);
  REQUIRE(a.is.send("b:1", "hello"));
  in.run_for(duration::seconds(1));
  CHECK(b.is.got["a:1"] == std::vector<std::string>{"hello"});
  in.run_for(duration::seconds(10));
  CHECK(b.is.at.connections() == 1);
}

}  // namespace
