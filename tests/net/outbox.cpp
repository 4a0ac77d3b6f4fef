#include "net/outbox.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "net/receipts.hpp"
#include "support/bytes.hpp"

namespace {

using casty::net::frame_kind;
using casty::net::frame_reader;
using casty::net::outbox;
using casty::net::receipts;
using casty::wire::byte_buffer;
using support::bytes_of;
using support::text_of;

TEST_CASE("net/outbox: it has room for so much that nobody has acknowledged") {
  outbox box({.messages = 3, .bytes = 10});
  CHECK(box.put(bytes_of("a message longer than the limit")));
  CHECK_FALSE(box.put(bytes_of("")));
  byte_buffer out;
  box.take(out, 100);
  CHECK(out.size() == 0);  // nobody is there
  REQUIRE(box.connected(0));
  box.take(out, 100);
  CHECK_FALSE(box.has_more());
  CHECK(box.sent() == 1);
  CHECK(box.acknowledged(1));
  CHECK(box.bytes() == 0);
  CHECK(box.put(bytes_of("12345")));
  CHECK(box.put(bytes_of("12345")));
  CHECK_FALSE(box.put(bytes_of("1")));
  CHECK(box.put(bytes_of("")));
  CHECK_FALSE(box.put(bytes_of("")));
  CHECK(box.messages() == 3);
}

TEST_CASE("net/outbox: a peer that has had what was not sent is another one") {
  outbox box;
  REQUIRE(box.put(bytes_of("a")));
  CHECK_FALSE(box.connected(1));
  REQUIRE(box.connected(0));
  byte_buffer out;
  box.take(out, 100);
  CHECK(box.acknowledged(1));
  CHECK_FALSE(box.acknowledged(2));
  CHECK_FALSE(box.connected(0));  // it has forgotten
  CHECK(box.connected(1));
}

// Both ends of a lane, and a connection that carries some of the bytes and then breaks.
struct storm {
  explicit storm(std::uint64_t seed) : chance(seed) {}

  std::size_t below(std::size_t bound) { return chance() % bound; }

  void connect() {
    REQUIRE(from.connected(to.received()));
    forth.clear();
    back.clear();
    reader = frame_reader();
    acknowledgements = frame_reader();
    is_connected = true;
  }
  void move_some() {
    byte_buffer out;
    from.take(out, below(200));
    forth.append(text_of(out.view()));
    const std::size_t count = below(forth.size() + 1);
    reader.feed(bytes_of(std::string_view(forth).substr(0, count)));
    forth.erase(0, count);
    while (const auto got = reader.next()) {
      REQUIRE(got->kind == frame_kind::message);
      if (const auto message = to.take(got->body)) {
        arrived.emplace_back(text_of(*message));
      }
    }
    byte_buffer answer;
    if (to.owes(1 + below(5))) {
      to.acknowledge(answer);
    }
    back.append(text_of(answer.view()));
    const std::size_t heard = below(back.size() + 1);
    acknowledgements.feed(bytes_of(std::string_view(back).substr(0, heard)));
    back.erase(0, heard);
    while (const auto got = acknowledgements.next()) {
      REQUIRE(from.acknowledged(casty::net::number_in(got->body)));
    }
  }

  std::mt19937_64 chance;
  outbox from{{.messages = 4, .bytes = 100}};
  receipts to;
  std::string forth;
  std::string back;
  frame_reader reader;
  frame_reader acknowledgements;
  bool is_connected = false;
  std::vector<std::string> arrived;
};

TEST_CASE("net/outbox: whatever happens to connections, all arrive in order, once") {
  std::size_t refused = 0;
  std::size_t broken = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    storm of(seed);
    std::vector<std::string> sent;
    while (sent.size() < 200 || of.from.messages() != 0) {
      const std::string next = std::to_string(sent.size()) + std::string(of.below(30), 'x');
      if (sent.size() < 200 && of.below(2) == 0) {
        if (of.from.put(bytes_of(next))) {
          sent.push_back(next);
        } else {
          ++refused;
        }
      }
      if (!of.is_connected) {
        of.connect();
      }
      of.move_some();
      if (of.below(8) == 0) {
        of.from.disconnected();
        of.is_connected = false;
        ++broken;
      }
    }
    REQUIRE(of.arrived == sent);
  }
  CHECK(refused > 100);
  CHECK(broken > 1000);
}

}  // namespace
