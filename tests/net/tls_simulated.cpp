#include "net/tls.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "support/bytes.hpp"
#include "support/certificates.hpp"
#include "support/net_node.hpp"
#include "support/simulated_network.hpp"

namespace {

using casty::duration;
using casty::net::stream;
using support::all_connections;
using support::bytes_of;
using support::certificates;
using support::net_node;
using support::simulated_network;
using support::text_of;
using support::world;

// Once for all: a program is run for each.
const certificates& made() {
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
  tls_node(world& in, all_connections& open, const std::string& name, const std::string& host)
      : plain(in, host + ":1", open),
        secure(plain, made().of("ours", name)),
        is(secure, host + ":1") {
    is.at.listen(host + ":1");
  }
  tls_node(world& in, all_connections& open, const std::string& name)
      : tls_node(in, open, name, name) {}

  simulated_network plain;
  casty::net::tls_network secure;
  net_node is;
};

// Who speaks no TLS, and what he hears.
struct stranger final : casty::net::stream_events {
  stranger() = default;
  stranger(casty::net::network& on, const std::string& to) {
    calling = on.connect(
        to, [this](std::unique_ptr<stream> got, std::string_view) { take(std::move(got)); });
  }
  void take(std::unique_ptr<stream> got) {
    line = std::move(got);
    line->start(*this);
  }
  void received(casty::byte_view bytes) override { heard.append(text_of(bytes)); }
  void drained() override {}
  void closed(std::string_view) override { is_closed = true; }

  std::unique_ptr<casty::net::operation> calling;
  std::unique_ptr<stream> line;
  std::string heard;
  bool is_closed = false;
};

// The first bytes that a caller with a certificate sends.
std::string first_words(world& in) {
  all_connections open;
  simulated_network net(in, "a:1", open);
  casty::net::tls_network secure(net, made().of("ours", "a"));
  stranger called;
  const auto listening =
      net.listen("recorder:1", [&](std::unique_ptr<stream> got) { called.take(std::move(got)); });
  const stranger caller(secure, "recorder:1");
  in.run_for(duration::milliseconds(100));
  return called.heard;
}

// Three nodes that all talk to each other while connections are reset and cut; then it is calm.
void check_storm(std::uint64_t seed) {
  world in(seed);
  all_connections open;
  std::vector<std::unique_ptr<tls_node>> nodes;
  const std::vector<std::string> names = {"a", "b", "c"};
  for (const std::string& name : names) {
    nodes.push_back(std::make_unique<tls_node>(in, open, name));
  }
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::string>> sent;
  for (int step = 0; step < 300; ++step) {
    const std::size_t from = in.below(3);
    const std::size_t to = (from + 1 + in.below(2)) % 3;
    std::vector<std::string>& all = sent[{from, to}];
    // Now and then more than is encrypted at a time.
    const std::string next =
        std::to_string(all.size()) + std::string(in.below(in.below(30) == 0 ? 200'000 : 50), '.');
    if (nodes[from]->is.send(names[to] + ":1", next)) {
      all.push_back(next);
    }
    if (in.below(15) == 0 && !open.empty()) {
      if (const auto some = open[in.below(open.size())].lock()) {
        support::simulated_stream::break_both(in, some);
      }
    }
    if (in.below(100) == 0) {
      in.cut(names[from] + ":1", names[to] + ":1");
    } else if (in.below(50) == 0) {
      in.heal();
    }
    in.run_for(duration::milliseconds(10));
  }
  in.heal();
  in.run_for(duration::seconds(30));
  for (const auto& [pair, all] : sent) {
    REQUIRE(nodes[pair.second]->is.got[names[pair.first] + ":1"] == all);
  }
  for (const auto& each : nodes) {
    REQUIRE(each->is.lost_count == 0);
    REQUIRE(!net_node::has(each->is.told, "TLS: "));
    REQUIRE(!net_node::has(each->is.told, "refuse"));
  }
}

TEST_CASE("net/tls: in a storm nothing is lost, doubled or reordered") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    check_storm(seed);
  }
}

TEST_CASE("net/tls: what is changed on the way ends the connection, and is sent again") {
  std::size_t changed = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world in(seed);
    all_connections open;
    tls_node a(in, open, "a");
    tls_node b(in, open, "b");
    std::vector<std::string> sent;
    for (int step = 0; step < 200; ++step) {
      sent.push_back(std::to_string(step) + std::string(in.below(5000), '.'));
      REQUIRE(a.is.send("b:1", sent.back()));
      const auto some = open.empty() ? nullptr : open[in.below(open.size())].lock();
      if (some != nullptr && in.below(4) == 0) {
        std::string& coming = some->ends[in.below(2)].coming;
        if (!coming.empty()) {
          coming[in.below(coming.size())] ^= static_cast<char>(1 << in.below(8));
          ++changed;
        }
      }
      in.run_for(duration::nanoseconds(static_cast<std::int64_t>(in.below(5'000'000))));
    }
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
    all_connections open;
    tls_node a(in, open, "a");
    simulated_network elsewhere(in, "x:1", open);
    stranger x;
    const auto listening = elsewhere.listen("x:1", [&](std::unique_ptr<stream> got) {
      x.take(std::move(got));
      std::string words = "\x16\x03\x03";
      while (words.size() < 100) {
        words.push_back(static_cast<char>(in.below(256)));
      }
      x.line->write(bytes_of(words.substr(in.below(2) * 3)));
    });
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
  all_connections open;
  tls_node a(in, open, "a");
  tls_node b(in, open, "b");
  tls_node other(in, open, "b", "b.example");
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
    all_connections open;
    tls_node a(in, open, "a");
    tls_node b(in, open, "b");
    simulated_network plain(in, "x:1", open);
    casty::net::tls_network secure(plain, made().of("ours", "c"));
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
    all_connections open;
    const std::string hello = first_words(in);
    REQUIRE(hello.size() > 100);
    tls_node a(in, open, "a");
    tls_node b(in, open, "b");
    simulated_network elsewhere(in, "x:1", open);
    stranger x(elsewhere, "b:1");
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
  all_connections open;
  const std::string hello = first_words(in);
  tls_node a(in, open, "a");
  tls_node b(in, open, "b");
  simulated_network elsewhere(in, "x:1", open);
  stranger slow(elsewhere, "b:1");
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
  all_connections open;
  tls_node a(in, open, "a");
  tls_node b(in, open, "b");
  simulated_network elsewhere(in, "x:1", open);
  std::vector<std::unique_ptr<stranger>> idle;
  for (int count = 0; count < 1000; ++count) {
    idle.push_back(std::make_unique<stranger>(elsewhere, "b:1"));
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
