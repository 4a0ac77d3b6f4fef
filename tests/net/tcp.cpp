#include "net/tcp.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "net/endpoint.hpp"
#include "support/bytes.hpp"

namespace {

using casty::duration;
using casty::net::endpoint;
using casty::net::lane;
using casty::net::tcp_network;
using support::bytes_of;
using support::text_of;

// A node at a port of the loopback, all of them on one thread.
struct node final : casty::net::endpoint_events {
  node(tcp_network& in, std::uint64_t incarnation, const std::string& where = "127.0.0.1:0",
       const std::string& secret = "sesame")
      : listener(in, where, incarnation, secret, *this) {}

  struct listening_endpoint {
    listening_endpoint(tcp_network& in, const std::string& where, std::uint64_t incarnation,
                       const std::string& secret, casty::net::endpoint_events& events) {
      // Which port it is, only the listener knows.
      const auto probe = in.listen(where, [](auto) {});
      address = in.listens_at();
      terms = {{address, incarnation}, "bank", secret};
      at = std::make_unique<endpoint>(in, terms, events);
    }
    std::string address;
    casty::net::node_terms terms;
    std::unique_ptr<endpoint> at;
  };

  void message(const casty::net::node_identity&, lane, casty::byte_view bytes) override {
    got.emplace_back(text_of(bytes));
  }
  void room(const std::string&, lane) override { ++rooms; }
  void lost(const std::string&, lane, const casty::net::lost_messages& what) override {
    lost_count += what.unsent + what.unknown;
  }
  void refused(const std::string&, const casty::net::refusal& why) override {
    refusals.push_back(why.reason);
  }
  void connected(const std::string& to, lane) override { told.push_back("with " + to); }
  void disconnected(const std::string& from, lane, std::string_view why) override {
    told.push_back(from + ": " + std::string(why));
  }

  void listen() { listener.at->listen(listener.address); }
  [[nodiscard]] const std::string& address() const { return listener.address; }
  [[nodiscard]] bool send(const std::string& to, std::string_view text) {
    return listener.at->send(to, lane::user, bytes_of(text));
  }

  std::vector<std::string> got;
  std::size_t rooms = 0;
  std::size_t lost_count = 0;
  std::vector<casty::net::refusal_reason> refusals;
  std::vector<std::string> told;
  listening_endpoint listener;
};

bool run_until(tcp_network& in, const std::function<bool()>& done) {
  const duration end = in.now() + duration::seconds(30);
  while (!done() && in.now() < end) {
    in.run_for(duration::milliseconds(5));
  }
  return done();
}

TEST_CASE("net/tcp: messages of any size arrive in order") {
  tcp_network in;
  node a(in, 1);
  node b(in, 1);
  a.listen();
  b.listen();
  std::vector<std::string> sent;
  for (std::size_t count = 0; count < 5000; ++count) {
    sent.push_back(std::to_string(count) + std::string(count % 500, 'x'));
  }
  sent.emplace_back(5'000'000, 'y');
  for (const std::string& each : sent) {
    REQUIRE(a.send(b.address(), each));
  }
  REQUIRE(run_until(in, [&] { return b.got.size() == sent.size(); }));
  CHECK(b.got == sent);
  REQUIRE(b.send(a.address(), "back"));
  CHECK(run_until(in, [&] { return a.got.size() == 1; }));
}

TEST_CASE("net/tcp: a flood waits for room") {
  tcp_network in;
  node a(in, 1);
  node b(in, 1);
  b.listen();
  std::size_t taken = 0;
  const std::string big(1'000'000, 'x');
  while (a.send(b.address(), big)) {
    ++taken;
  }
  CHECK(taken == 67);  // 64 MiB
  REQUIRE(run_until(in, [&] { return b.got.size() == taken; }));
  CHECK(run_until(in, [&] { return a.rooms == 1; }));
}

TEST_CASE("net/tcp: a node that comes later is found, and one that restarts is another") {
  tcp_network in;
  node a(in, 1);
  auto b = std::make_unique<node>(in, 1);
  REQUIRE(a.send(b->address(), "early"));
  in.run_for(duration::milliseconds(100));
  b->listen();
  REQUIRE(run_until(in, [&] { return b->got.size() == 1; }));
  const std::string where = b->address();
  b.reset();
  b = std::make_unique<node>(in, 2, where);
  b->listen();
  REQUIRE(a.send(where, "again"));
  // Sent before it was known that another one runs there, it is lost; else it arrives.
  REQUIRE(run_until(in, [&] { return a.lost_count + b->got.size() == 1; }));
  REQUIRE(a.send(where, "now"));
  REQUIRE(run_until(in, [&] { return !b->got.empty() && b->got.back() == "now"; }));
}

TEST_CASE("net/tcp: it is told when a connection is there, and why it is not") {
  tcp_network in;
  node a(in, 1);
  auto b = std::make_unique<node>(in, 1);
  const std::string where = b->address();
  REQUIRE(a.send(where, "x"));
  REQUIRE(run_until(in, [&] { return !a.told.empty(); }));
  CHECK(a.told.front() == where + ": Connection refused");
  b->listen();
  REQUIRE(run_until(in, [&] { return a.told.back() == "with " + where; }));
  a.told.clear();
  b.reset();
  REQUIRE(run_until(in, [&] { return !a.told.empty(); }));
  CHECK(a.told.front() == where + ": End of file");
}

TEST_CASE("net/tcp: what other threads call runs on the network's, in order") {
  tcp_network in;
  constexpr int calls = 10'000;
  std::vector<int> ran[2];
  int ended = 0;
  {
    std::vector<std::jthread> threads;
    for (std::vector<int>& mine : ran) {
      threads.emplace_back([&in, &mine, &ended] {
        for (int count = 0; count < calls; ++count) {
          in.call([&mine, count] { mine.push_back(count); });
        }
        in.call([&in, &ended] {
          if (++ended == 2) {
            in.stop();
          }
        });
      });
    }
    in.run();
  }
  for (const std::vector<int>& each : ran) {
    REQUIRE(each.size() == calls);
    CHECK(std::ranges::is_sorted(each));
  }
}

TEST_CASE("net/tcp: refusals are heard on both sides") {
  tcp_network in;
  node a(in, 1, "127.0.0.1:0", "a guess");
  node b(in, 1);
  b.listen();
  REQUIRE(a.send(b.address(), "x"));
  REQUIRE(run_until(in, [&] { return !a.refusals.empty() && !b.refusals.empty(); }));
  CHECK(a.refusals.front() == casty::net::refusal_reason::secret_wrong);
  CHECK(b.refusals.front() == casty::net::refusal_reason::secret_wrong);
  CHECK(b.got.empty());
}

// A stranger who writes what he likes, and hears how it ends.
struct stranger final : casty::net::stream_events {
  stranger(tcp_network& in, const std::string& to, std::string says) : words(std::move(says)) {
    calling = in.connect(to, [this](std::unique_ptr<casty::net::stream> made, std::string_view) {
      line = std::move(made);
      line->start(*this);
      line->write(bytes_of(words));
    });
  }
  void received(casty::byte_view) override {}
  void drained() override {}
  void closed(std::string_view) override { is_closed = true; }

  std::string words;
  std::unique_ptr<casty::net::operation> calling;
  std::unique_ptr<casty::net::stream> line;
  bool is_closed = false;
};

TEST_CASE("net/tcp: strangers with garbage are shown out, and the node serves its peers") {
  tcp_network in;
  node a(in, 1);
  node b(in, 1);
  b.listen();
  using namespace std::string_literals;
  std::vector<std::unique_ptr<stranger>> strangers;
  for (const std::string& words :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n"s, "\xFF\xFF\xFF\xFF"s, "\0\0\0\0"s,
        "\x05\0\0\0\x06 abc"s, "\x02\0\0\0\x01\xFF"s,
        "\x16\x03\x01\x02\0\x01\0"s, "\x01\0\0\0\x08"s}) {
    strangers.push_back(std::make_unique<stranger>(in, b.address(), words));
  }
  REQUIRE(a.send(b.address(), "hello"));
  REQUIRE(run_until(in, [&] { return b.got.size() == 1; }));
  for (const auto& each : strangers) {
    CAPTURE(each->words);
    CHECK(run_until(in, [&] { return each->is_closed; }));
  }
  CHECK(b.listener.at->connections() == 1);
}

TEST_CASE("net/tcp: what is no address is not sent to") {
  tcp_network in;
  node a(in, 1);
  for (const std::string bad : {"nowhere", ":1", "[]:1", ""}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)a.send(bad, "x"), casty::error);
    a.listener.at->forget(bad);
  }
  CHECK(a.lost_count == 0);
}

TEST_CASE("net/tcp: what cannot be listened at is told") {
  tcp_network in;
  for (const char* bad : {"127.0.0.1", ":1", "127.0.0.1:", "", "no-such-host.invalid:1",
                          "192.0.2.1:1", "127.0.0.1:port"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)in.listen(bad, [](auto) {}), casty::error);
  }
  const auto first = in.listen("127.0.0.1:0", [](auto) {});
  CHECK_THROWS_AS((void)in.listen(in.listens_at(), [](auto) {}), casty::error);
}

}  // namespace
