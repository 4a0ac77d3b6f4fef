#include "net/tcp.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "support/bytes.hpp"
#include "support/net_node.hpp"
#include "support/passing_network.hpp"

namespace {

using casty::duration;
using casty::net::tcp_network;
using support::bytes_of;
using support::net_node;

// An address that is free. Which port it is, only a listener knows.
std::string new_address(tcp_network& in) {
  const auto probe = in.listen("127.0.0.1:0", [](auto) {});
  return in.listens_at();
}

bool run_until(tcp_network& in, const std::function<bool()>& done) {
  const duration end = in.now() + duration::seconds(30);
  while (!done() && in.now() < end) {
    in.run_for(duration::milliseconds(5));
  }
  return done();
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
  const std::string here = new_address(in);
  const std::string there = new_address(in);
  net_node a(in, here);
  net_node b(in, there);
  b.at.listen(there);
  using namespace std::string_literals;
  std::vector<std::unique_ptr<stranger>> strangers;
  for (const std::string& words :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n"s, "\xFF\xFF\xFF\xFF"s, "\0\0\0\0"s,
        "\x05\0\0\0\x06 abc"s, "\x02\0\0\0\x01\xFF"s,
        "\x16\x03\x01\x02\0\x01\0"s, "\x01\0\0\0\x08"s}) {
    strangers.push_back(std::make_unique<stranger>(in, there, words));
  }
  REQUIRE(a.send(there, "hello"));
  REQUIRE(run_until(in, [&] { return b.got[here].size() == 1; }));
  for (const auto& each : strangers) {
    CAPTURE(each->words);
    CHECK(run_until(in, [&] { return each->is_closed; }));
  }
  CHECK(b.at.connections() == 1);
}

// Notes all that is said on a stream.
class overheard final : public support::passing_network {
 public:
  using passing_network::passing_network;
  std::string said;

 private:
  class line final : public support::passing_stream {
   public:
    line(std::string& into, std::unique_ptr<casty::net::stream> below)
        : passing_stream(std::move(below)), said_(into) {}
    void write(casty::byte_view bytes) override {
      said_ += support::text_of(bytes);
      passing_stream::write(bytes);
    }

   private:
    std::string& said_;
  };

  std::unique_ptr<casty::net::stream> over(std::unique_ptr<casty::net::stream> below) override {
    return std::make_unique<line>(said, std::move(below));
  }
};

TEST_CASE("net/tcp: who says again what a peer has said is refused, and the peer is served") {
  tcp_network in;
  overheard wire(in);
  const std::string here = new_address(in);
  const std::string there = new_address(in);
  net_node a(wire, here);
  net_node b(in, there);
  b.at.listen(there);
  REQUIRE(a.send(there, "pay 100"));
  REQUIRE(run_until(in, [&] { return b.got[here].size() == 1; }));
  REQUIRE(wire.said.find("pay 100") != std::string::npos);
  const stranger again(in, there, wire.said);
  CHECK(run_until(in, [&] { return again.is_closed; }));
  CHECK(b.reasons == std::vector{casty::net::refusal_reason::secret_wrong});
  REQUIRE(a.send(there, "pay 10"));
  CHECK(run_until(in, [&] { return b.got[here].size() == 2; }));
  CHECK(b.got[here] == std::vector<std::string>{"pay 100", "pay 10"});
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
