#include "net/handshake.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "support/bytes.hpp"

namespace {

using casty::net::acceptor;
using casty::net::chance;
using casty::net::dialer;
using casty::net::frame_reader;
using casty::net::lane;
using casty::net::node_terms;
using casty::net::refusal_reason;
using casty::wire::byte_buffer;

constexpr chance ones = {1, 1, 1};
constexpr chance twos = {2, 2, 2};

node_terms terms_of(const std::string& address, const std::string& secret = "sesame") {
  return {{address, 7}, "bank", secret};
}

// Frames of the one to the other, until the other is done or has no answer. All that was sent is
// appended to `sent`.
template <class Side>
bool hand_over(byte_buffer& from, Side& to, byte_buffer& answer) {
  frame_reader reader(casty::net::handshake_bytes_max);
  reader.feed(from.view());
  bool done = false;
  while (const auto got = reader.next()) {
    done = to.take(*got, answer);
  }
  from.clear();
  return done;
}

struct meeting {
  // Each has proven to be of one host; of any when it is empty.
  meeting(const node_terms& dialing, const node_terms& accepting,
          std::optional<std::uint64_t> expected = {}, const std::string& host_of_dialing = {},
          const std::string& host_of_accepting = {}, const std::string& known_as = {})
      : caller(dialing, lane::user, 3, ones, expected, proof_of(host_of_accepting), known_as),
        called(accepting, twos, proof_of(host_of_dialing)) {
    byte_buffer out;
    byte_buffer back;
    caller.start(out);
    bool done = false;
    while (!done && out.size() != 0) {
      done = hand_over(out, called, back);
      if (done && called.met()) {
        called.welcome(41, back);
      }
      done = hand_over(back, caller, out) || done;
    }
    // The last word may be a refusal for the other side.
    (void)hand_over(out, called, back);
  }
  static casty::net::host_proof proof_of(const std::string& host) {
    return host.empty() ? casty::net::host_proof()
                        : [host](const std::string& claimed) { return claimed == host; };
  }

  dialer caller;
  acceptor called;
};

TEST_CASE("net/handshake: two nodes of one cluster meet") {
  for (const std::string secret : {"sesame", ""}) {
    const node_terms here = terms_of("here:1", secret);
    const node_terms there = terms_of("there:2", secret);
    const meeting of(here, there);
    REQUIRE(of.caller.met());
    CHECK(of.caller.met()->peer == there.self);
    CHECK(of.caller.met()->received == 41);
    CHECK(of.caller.met()->version == 1);
    REQUIRE(of.called.met());
    CHECK(of.called.met()->peer == here.self);
    CHECK(of.called.met()->lane == lane::user);
    CHECK(of.called.met()->session == 3);
  }
}

void check_refused(const meeting& of, refusal_reason reason) {
  CHECK_FALSE(of.caller.met());
  REQUIRE(of.caller.refused());
  CHECK(of.caller.refused()->reason == reason);
  REQUIRE(of.called.refused());
  CHECK(of.called.refused()->reason == reason);
  CHECK(of.called.refused()->detail != "");
}

TEST_CASE("net/handshake: both sides hear why they do not") {
  const node_terms here = terms_of("here:1");
  const node_terms there = terms_of("there:2");
  node_terms other = there;
  SUBCASE("another cluster") {
    other.cluster = "shop";
    check_refused(meeting(here, other), refusal_reason::cluster);
  }
  SUBCASE("another incarnation") {
    check_refused(meeting(here, there, 6), refusal_reason::other_node);
    CHECK(meeting(here, there, 7).caller.met());
  }
  SUBCASE("another address") {
    check_refused(meeting(here, there, {}, {}, {}, "there:3"), refusal_reason::other_node);
    CHECK(meeting(here, there, {}, {}, {}, "there:2").caller.met());
  }
  SUBCASE("the node itself") { check_refused(meeting(here, here), refusal_reason::other_node); }
  SUBCASE("a secret on one side") {
    other.secret = "";
    check_refused(meeting(here, other), refusal_reason::secret_expected);
    check_refused(meeting(other, here), refusal_reason::secret_expected);
  }
  SUBCASE("two secrets") {
    other.secret = "Sesame";
    check_refused(meeting(here, other), refusal_reason::secret_wrong);
  }
  SUBCASE("an address of another host than the proven one") {
    check_refused(meeting(here, there, {}, "elsewhere"), refusal_reason::not_named);
    check_refused(meeting(here, there, {}, "here", "elsewhere"), refusal_reason::not_named);
    CHECK(meeting(here, there, {}, "here", "there").called.met());
  }
  SUBCASE("an address that is none") {
    for (const char* bad : {"", "nowhere", ":1", ".:1", "there:"}) {
      other.self.address = bad;
      check_refused(meeting(here, other), refusal_reason::broken);
      check_refused(meeting(other, here), refusal_reason::broken);
    }
  }
}

TEST_CASE("net/handshake: what was heard once opens nothing a second time") {
  const node_terms here = terms_of("here:1");
  const node_terms there = terms_of("there:2");
  byte_buffer hello;
  byte_buffer challenge;
  byte_buffer proof;
  dialer caller(here, lane::user, 3, ones);
  acceptor first(there, twos);
  caller.start(hello);
  const std::string heard_hello(support::text_of(hello.view()));
  CHECK_FALSE(hand_over(hello, first, challenge));
  CHECK_FALSE(hand_over(challenge, caller, proof));
  const std::string heard_proof(support::text_of(proof.view()));
  byte_buffer nothing;
  CHECK(hand_over(proof, first, nothing));
  CHECK(first.met());

  acceptor second(there, chance{3, 3, 3});
  hello.append(heard_hello.data(), heard_hello.size());
  CHECK_FALSE(hand_over(hello, second, challenge));
  proof.append(heard_proof.data(), heard_proof.size());
  CHECK(hand_over(proof, second, nothing));
  CHECK_FALSE(second.met());
  CHECK(second.refused()->reason == refusal_reason::secret_wrong);
}

TEST_CASE("net/handshake: one that knows no secret cannot send the other's proof back") {
  const node_terms here = terms_of("here:1");
  node_terms liar = terms_of("there:2", "a guess");
  byte_buffer hello;
  byte_buffer challenge;
  byte_buffer proof;
  dialer caller(here, lane::user, 3, ones);
  acceptor called(liar, twos);
  caller.start(hello);
  CHECK_FALSE(hand_over(hello, called, challenge));
  CHECK_FALSE(hand_over(challenge, caller, proof));
  // The dialer's proof as a welcome.
  frame_reader reader;
  reader.feed(proof.view());
  const auto heard = reader.next();
  REQUIRE(heard);
  byte_buffer welcome;
  const std::size_t begin = casty::net::begin_frame(welcome, casty::net::frame_kind::welcome);
  const std::string body = std::string("\x02", 1) +
                           std::string(support::text_of(heard->body)).substr(1) +
                           std::string(8, '\0');
  welcome.append(body.data(), body.size());
  casty::net::end_frame(welcome, begin, 4096);
  byte_buffer out;
  CHECK(hand_over(welcome, caller, out));
  CHECK_FALSE(caller.met());
  CHECK(caller.refused()->reason == refusal_reason::secret_wrong);
}

TEST_CASE("net/handshake: frames that are out of place or damaged are refused") {
  const node_terms here = terms_of("here:1");
  const node_terms there = terms_of("there:2");
  dialer caller(here, lane::user, 3, ones);
  byte_buffer hello;
  caller.start(hello);
  const std::string whole(support::text_of(hello.view()));
  for (std::size_t cut = casty::net::frame_head_bytes; cut < whole.size(); ++cut) {
    acceptor called(there, twos);
    byte_buffer out;
    const auto body = support::bytes_of(std::string_view(whole).substr(5, cut - 5));
    CHECK(called.take({casty::net::frame_kind::hello, body}, out));
    CHECK(called.refused()->reason == refusal_reason::broken);
  }
  for (int kind = 1; kind <= 8; ++kind) {
    acceptor called(there, twos);
    byte_buffer out;
    const bool done = called.take({static_cast<casty::net::frame_kind>(kind), {}}, out);
    CHECK(done);
    CHECK_FALSE(called.met());
  }
}

}  // namespace
