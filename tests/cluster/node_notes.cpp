#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "casty/cluster.hpp"
#include "cluster/notes.hpp"
#include "net/tcp.hpp"
#include "support/net_node.hpp"

namespace {

using casty::actor_ref;
using casty::duration;
using casty::cluster::note;
using casty::cluster::put_note;
using casty::cluster::put_text;
using casty::wire::byte_buffer;
namespace behaviors = casty::behaviors;

struct GetTaken {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Taker;
struct Take {
  actor_ref<Taker> whom;
};
struct Taker : casty::protocol<Take, GetTaken> {};

casty::behavior<Taker> taker() {
  return behaviors::with_state<Taker>(
      std::uint64_t{0},
      [](std::uint64_t& taken, const Take&) {
        ++taken;
        return behaviors::same;
      },
      [](std::uint64_t& taken, const GetTaken& m) {
        m.reply_to.tell(taken);
        return behaviors::same;
      });
}

/// A node that writes what it likes.
struct odd_node {
  odd_node() : address(free_address()), is(tcp, address, run) { is.at.listen(address); }

  std::string free_address() {
    const auto probe = tcp.listen("127.0.0.1:0", [](auto) {});
    return tcp.listens_at();
  }
  void write(const std::string& to, const byte_buffer& bytes) {
    REQUIRE(is.send(to, support::text_of(bytes.view())));
  }
  /// The next answer of that kind, without what stands before its contents.
  std::string wait(const std::string& from, note kind) {
    const duration end = tcp.now() + duration::seconds(30);
    while (tcp.now() < end) {
      tcp.run_for(duration::milliseconds(2));
      while (read < is.got[from].size()) {
        const std::string& next = is.got[from][read++];
        if (next.front() == static_cast<char>(kind)) {
          return next.substr(1 + sizeof(run));
        }
      }
    }
    FAIL("nothing has come");
    return {};
  }

  static constexpr std::uint64_t run = 9;
  casty::net::tcp_network tcp;
  std::string address;
  support::net_node is;
  std::size_t read = 0;
};

TEST_CASE("cluster/node_notes: what has no address for a ref or asker is not read") {
  casty::clustered_actor_system node(
      {.name = "bank", .secret = "sesame", .workers = 1, .log = casty::log_level::error});
  const auto own = node.spawn(taker(), "taker");
  odd_node odd;
  byte_buffer find;
  put_note(find, note::find);
  find.append_varint(1);
  put_text(find, "/user/taker");
  put_text(find, casty::wire::detail::card_of<Taker>().name);
  find.append_varint(1);
  find.append_number(casty::wire::fingerprint_of<Take>);
  odd.write(node.address(), find);
  const std::string found = odd.wait(node.address(), note::found);
  casty::wire::byte_reader in(support::bytes_of(found));
  REQUIRE(in.read_varint() == 1);
  const std::uint64_t number = in.read_varint();
  const auto tell = [&](std::uint64_t fingerprint, std::string_view address) {
    byte_buffer bytes;
    put_note(bytes, note::tell);
    bytes.append_number(odd.is.runs[node.address()]);
    bytes.append_varint(number);
    bytes.append_number(fingerprint);
    bytes.append_varint(1);  // a message of one field
    put_text(bytes, address);
    bytes.append_number(odd_node::run);
    bytes.append_varint(1);
    odd.write(node.address(), bytes);
  };

  const std::string with_nothing("127.0.0.1\0:1", 12);
  for (const std::string& bad : {std::string(), std::string("nowhere"), std::string(":1"),
                                 std::string(".:1"), with_nothing}) {
    tell(casty::wire::fingerprint_of<Take>, bad);
    tell(casty::wire::fingerprint_of<GetTaken>, bad);
  }
  tell(casty::wire::fingerprint_of<GetTaken>, odd.address);
  CHECK(odd.wait(node.address(), note::answer).front() == 1);
  tell(casty::wire::fingerprint_of<Take>, odd.address);
  tell(casty::wire::fingerprint_of<GetTaken>, odd.address);
  CHECK(odd.wait(node.address(), note::answer).front() == 1);
  CHECK(node.ask<GetTaken>(own).get() == 1);
}

}  // namespace
