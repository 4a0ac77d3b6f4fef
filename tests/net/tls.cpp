#include "net/tls.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "net/tcp.hpp"
#include "support/bytes.hpp"
#include "support/certificates.hpp"
#include "support/net_node.hpp"

namespace {

using namespace std::string_literals;
using casty::duration;
using casty::net::endpoint_options;
using casty::net::stream;
using casty::net::tcp_network;
using casty::net::tls_hooks;
using casty::net::tls_network;
using casty::net::tls_options;
using support::bytes_of;
using support::certificates;
using support::net_node;

// Of the tests that look at it: when what was made for two days is over.
const std::int64_t this_day = std::time(nullptr) + std::int64_t{300} * 86'400;

// Once for all: a program is run for each.
const certificates& made() {
  struct ready final : certificates {
    ready() {
      const std::string here = "--host 127.0.0.1 ";
      make_ca("ours");
      make_node("ours", "a", here + "--days 3000");
      make_node("ours", "b", here + "--days 3000");
      make_node("ours", "short", here + "--days 2");
      make_node("ours", "other", "--host 10.9.8.7 --host other.example --days 3000");
      make_node("ours", "elsewhere", "--host 10.1.2.3 --host elsewhere.example --days 3000");
      make_ca("theirs");
      make_node("theirs", "x", here + "--days 3000");
      // As CAs are: signed by themselves.
      openssl(
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ours/self.key "
          "-out ours/self.pem -days 3000 -subj /CN=self -addext subjectAltName=IP:127.0.0.1");
    }
  };
  static const ready all;
  return all;
}

tls_options ours(const std::string& name) { return made().of("ours", name); }
// It knows our CA, and is not of it.
tls_options foreign() {
  return {made().file("ours/ca.pem"), made().file("theirs/x.pem"), made().file("theirs/x.key")};
}

std::string free_address(tcp_network& in) {
  // Which port it is, only a listener knows.
  const auto probe = in.listen("127.0.0.1:0", [](auto) {});
  return in.listens_at();
}

struct tls_node {
  tls_node(tcp_network& in, const tls_options& files, tls_hooks hooks = {},
           const endpoint_options& options = {})
      : address(free_address(in)),
        secure(in, files, std::move(hooks)),
        is(secure, address, 1, options) {
    is.at.listen(address);
  }

  std::string address;
  tls_network secure;
  net_node is;
};

bool run_until(tcp_network& in, const std::function<bool()>& done) {
  const duration end = in.now() + duration::seconds(30);
  while (!done() && in.now() < end) {
    in.run_for(duration::milliseconds(2));
  }
  return done();
}

// Whether what one sends to the other arrives.
bool serves(tcp_network& in, tls_node& from, tls_node& to) {
  const std::size_t before = to.is.got[from.address].size();
  return from.is.send(to.address, "are you there?") &&
         run_until(in, [&] { return to.is.got[from.address].size() == before + 1; });
}

// Calls as often as it is refused: the reasons are soon there.
constexpr endpoint_options hasty = {.reconnect_most = duration::milliseconds(100)};

TEST_CASE("net/tls: messages of any size arrive in order") {
  tcp_network in;
  tls_node a(in, ours("a"));
  tls_node b(in, ours("b"));
  std::vector<std::string> sent;
  for (std::size_t count = 0; count < 5000; ++count) {
    sent.push_back(std::to_string(count) + std::string(count % 500, 'x'));
  }
  sent.emplace_back(5'000'000, 'y');
  sent.emplace_back("the last");
  for (const std::string& each : sent) {
    REQUIRE(a.is.send(b.address, each));
  }
  REQUIRE(run_until(in, [&] { return b.is.got[a.address].size() == sent.size(); }));
  CHECK(b.is.got[a.address] == sent);
  CHECK(serves(in, b, a));
  CHECK(a.is.told == std::vector<std::string>{"with " + b.address});
}

TEST_CASE("net/tls: a caller with a certificate of no use is refused, and both sides know why") {
  struct {
    std::string what;
    tls_options files;
    std::string why;
    std::string heard;
  } const cases[] = {
      {"of another CA", foreign(), "'CN=x' is refused: unable to get local issuer certificate",
       "it refuses: tlsv1 alert unknown ca"},
      {"signed by itself", ours("self"), "'CN=self' is refused: self-signed certificate",
       "it refuses: tlsv1 alert unknown ca"},
      {"expired", ours("short"), "'CN=short' is refused: certificate has expired",
       "it refuses: sslv3 alert certificate expired"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    tcp_network in;
    const tls_hooks today = {.wall_clock_seconds = [] { return this_day; }};
    tls_node a(in, ours("a"), today);
    tls_node b(in, ours("b"), today);
    tls_node x(in, each.files, today, hasty);
    REQUIRE(x.is.send(b.address, "x"));
    CHECK(serves(in, a, b));
    CHECK(run_until(in, [&] {
      return net_node::has(b.is.refusals, each.why) && net_node::has(x.is.told, each.heard);
    }));
    CHECK(serves(in, a, b));
    CHECK(b.is.got[x.address].empty());
  }
}

TEST_CASE("net/tls: whoever is called has a certificate that is valid here and now") {
  struct {
    std::string what;
    tls_options files;
    std::int64_t today;
    std::string why;
  } const cases[] = {
      {"of another CA", foreign(), this_day,
       "'CN=x' is refused: unable to get local issuer certificate, it is not of our CA"},
      {"signed by itself", ours("self"), this_day,
       "'CN=self' is refused: self-signed certificate, it is not of our CA"},
      {"of another host", ours("elsewhere"), this_day,
       "'CN=elsewhere' is refused: IP address mismatch"},
      {"expired", ours("short"), this_day, "'CN=short' is refused: certificate has expired"},
      {"of the future", ours("b"), 1'000'000'000, "is refused: certificate is not yet valid"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.what);
    tcp_network in;
    tls_node a(in, ours("a"), {.wall_clock_seconds = [&each] { return each.today; }}, hasty);
    // It would let anybody in, and who is called does not look at hosts.
    tls_node x(in, each.files);
    REQUIRE(a.is.send(x.address, "secret"));
    CHECK(run_until(in, [&] {
      return net_node::has(a.is.told, each.why) && net_node::has(x.is.refusals, "it refuses: ");
    }));
    CHECK(x.is.got.empty());
  }
}

TEST_CASE("net/tls: who claims the address of another host than its certificate's is refused") {
  tcp_network in;
  tls_node a(in, ours("a"));
  tls_node b(in, ours("b"));
  const std::string why = "does not name '";
  REQUIRE(serves(in, a, b));
  SUBCASE("a caller, as another node that is there") {
    tls_network secure(in, ours("other"));
    net_node x(secure, a.address, 99, hasty);
    REQUIRE(x.send(b.address, "I am a, started anew"));
    CHECK(run_until(in, [&] {
      return net_node::has(b.is.refusals, why + "127.0.0.1'") &&
             net_node::has(x.refusals, why + "127.0.0.1'");
    }));
  }
  SUBCASE("a caller, as another host") {
    tls_network secure(in, ours("a"));
    for (const std::string host : {"10.9.8.7", "other.example", "[::1]", "localhost"}) {
      net_node x(secure, host + ":1", 99, hasty);
      REQUIRE(x.send(b.address, "x"));
      CHECK(run_until(in, [&] { return net_node::has(x.refusals, why); }));
      CHECK(b.is.got[host + ":1"].empty());
    }
  }
  SUBCASE("one that is called") {
    tls_network secure(in, ours("a"));
    const std::string address = free_address(in);
    net_node x(secure, "other.example:1", 99, hasty);
    x.at.listen(address);
    REQUIRE(a.is.send(address, "secret"));
    CHECK(run_until(in, [&] {
      return net_node::has(a.is.refusals, why + "other.example'") &&
             net_node::has(x.refusals, why + "other.example'");
    }));
    CHECK(x.got.empty());
  }
  SUBCASE("by any of its names it may be called") {
    tls_network secure(in, ours("other"));
    for (const std::string host : {"10.9.8.7", "other.example", "OTHER.example"}) {
      net_node x(secure, host + ":1", 99, hasty);
      REQUIRE(x.send(b.address, "x"));
      CHECK(run_until(in, [&] { return b.is.got[host + ":1"].size() == 1; }));
    }
  }
  CHECK(serves(in, a, b));
  CHECK(b.is.got[a.address] == std::vector<std::string>(2, "are you there?"));
}

TEST_CASE("net/tls: a node without TLS and one with it do not meet, and both say why") {
  tcp_network in;
  tls_node a(in, ours("a"));
  tls_node b(in, ours("b"), {}, hasty);
  const std::string address = free_address(in);
  net_node plain(in, address, 1, hasty);
  plain.at.listen(address);
  REQUIRE(plain.send(b.address, "in the clear"));
  CHECK(serves(in, a, b));
  CHECK(run_until(in, [&] {
    return net_node::has(b.is.refusals, "it does not speak TLS: ") && !plain.told.empty();
  }));
  REQUIRE(b.is.send(address, "secret"));
  CHECK(run_until(in, [&] {
    return net_node::has(b.is.told, "it went within the TLS handshake: ") &&
           !plain.refusals.empty();
  }));
  CHECK(serves(in, a, b));
  CHECK(b.is.got[address].empty());
  CHECK(plain.got.empty());
}

// Who has called without TLS: writes what he likes, piece by piece.
struct stranger final : casty::net::stream_events {
  stranger(tcp_network& in, const std::string& to, std::string says, std::size_t piece)
      : on(in), words(std::move(says)), bytes(piece) {
    calling = on.connect(to, [this](std::unique_ptr<stream> got, std::string_view) {
      is_closed = got == nullptr;
      if (got != nullptr) {
        line = std::move(got);
        line->start(*this);
        drained();
      }
    });
  }
  void received(casty::byte_view) override {}
  void drained() override {
    calling = on.after(duration::milliseconds(20), [this] {
      if (const std::string_view rest = std::string_view(words).substr(said); !rest.empty()) {
        const std::string_view next = rest.substr(0, bytes);
        said += next.size();
        line->write(bytes_of(next));
      }
    });
  }
  void closed(std::string_view) override {
    is_closed = true;
    calling.reset();
  }

  tcp_network& on;
  std::string words;
  std::size_t bytes;
  std::size_t said = 0;
  std::unique_ptr<casty::net::operation> calling;
  std::unique_ptr<stream> line;
  bool is_closed = false;
};

// A first message in TLS of that version which offers one cipher suite.
std::string client_hello(char major, char minor, const std::string& suite) {
  const std::string body =
      ""s + major + minor + std::string(32, 'r') + "\0\0\x02"s + suite + "\x01\0"s;
  return "\x16\x03\x01\0"s + static_cast<char>(body.size() + 4) + "\x01\0\0"s +
         static_cast<char>(body.size()) + body;
}

TEST_CASE("net/tls: strangers with garbage, old versions or too much time are shown out") {
  tcp_network in;
  const endpoint_options soon = {.handshake_within = duration::milliseconds(500),
                                 .heartbeat_every = duration::milliseconds(100)};
  tls_node a(in, ours("a"), {}, soon);
  tls_node b(in, ours("b"), {}, soon);
  const std::string hello = client_hello('\x03', '\x03', "\xC0\x2B");
  struct {
    std::string says;
    std::size_t piece;
    std::string why;
  } const cases[] = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1000, "it does not speak TLS: http request"},
      {std::string(100'000, '\xFF'), 100'000, "it does not speak TLS: "},
      {std::string(100'000, '\0'), 100'000, "it does not speak TLS: "},
      {"\x16\x03\x01\xFF\xFF"s + std::string(70'000, 'x'), 70'000, "TLS: "},
      {client_hello('\x03', '\x02', "\xC0\x09"), 1000, "TLS: unsupported protocol"},
      {client_hello('\x03', '\x03', std::string("\0\x2F", 2)), 1000, "TLS: no shared cipher"},
      {hello.substr(0, 1), 1000, "it has not said in time who it is"},
      {hello.substr(0, hello.size() - 1), 1000, "it has not said in time who it is"},
      {hello, 1, "it has not said in time who it is"},
      {"", 1, "it has not said in time who it is"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.why);
    b.is.refusals.clear();
    stranger x(in, b.address, each.says, each.piece);
    CHECK(serves(in, a, b));
    CHECK(run_until(in, [&] { return x.is_closed && net_node::has(b.is.refusals, each.why); }));
    CHECK(serves(in, a, b));
    CHECK(b.is.at.connections() == 1);
  }
}

TEST_CASE("net/tls: a thousand idle callers are bounded, and no peer suffers") {
  tcp_network in;
  // So that their number is what bounds them, however slow the machine.
  const endpoint_options patient = {.handshake_within = duration::seconds(600)};
  tls_node a(in, ours("a"));
  tls_node b(in, ours("b"), {}, patient);
  REQUIRE(serves(in, a, b));
  std::vector<std::unique_ptr<stranger>> idle;
  for (int count = 0; count < 1000; ++count) {
    idle.push_back(std::make_unique<stranger>(in, b.address, "", 1));
    if (count % 100 == 0) {
      CHECK(serves(in, a, b));
    }
  }
  const auto shown_out = [&] {
    std::size_t count = 0;
    for (const auto& each : idle) {
      count += each->is_closed ? 1 : 0;
    }
    return count;
  };
  CHECK(run_until(in, [&] { return shown_out() == 1000 - 256; }));
  CHECK(b.is.at.connections() == 257);
  CHECK(serves(in, a, b));
  CHECK(serves(in, b, a));
}

TEST_CASE("net/tls: files that have changed are taken for new connections") {
  const support::folder own;
  const auto files = [&](const std::string& name) {
    return tls_options{own.file(name + ".ca"), own.file(name + ".pem"), own.file(name + ".key")};
  };
  certificates::copy(ours("a"), files("a"));
  certificates::copy(ours("elsewhere"), files("b"));
  tcp_network in;
  std::vector<std::string> told;
  tls_node a(in, files("a"), {}, hasty);
  tls_node b(in, files("b"), {.told = [&](std::string_view why) { told.emplace_back(why); }},
             hasty);
  REQUIRE(a.is.send(b.address, "now or later"));
  REQUIRE(run_until(in, [&] { return net_node::has(a.is.told, "IP address mismatch"); }));
  certificates::copy(ours("b"), files("b"));
  REQUIRE(run_until(in, [&] { return b.is.got[a.address].size() == 1; }));
  CHECK(told.empty());

  SUBCASE("one that is broken is not") {
    own.put(files("b").key_file, "nothing");
    CHECK_THROWS_AS(b.secure.reload(), casty::error);
    own.put(files("b").certificate_file, "nothing\n");
    a.is.at.forget(b.address);
    CHECK(serves(in, b, a));
    REQUIRE(told.size() == 1);
    CHECK(told.front().find("b.pem: no certificate can be read") != std::string::npos);
    b.is.at.forget(a.address);
    CHECK(serves(in, b, a));
    CHECK(told.size() == 1);  // once of the same files
  }
  SUBCASE("a CA too") {
    certificates::copy(made().of("theirs", "x"), files("b"));
    CHECK(serves(in, a, b));  // on the connection that there is
    a.is.at.forget(b.address);
    REQUIRE(b.is.send(a.address, "x"));
    CHECK(run_until(in, [&] {
      return net_node::has(b.is.told, "'CN=a' is refused: unable to get local issuer");
    }));
    certificates::copy(made().of("theirs", "x"), files("a"));
    CHECK(run_until(in, [&] { return a.is.got[b.address].size() == 1; }));
  }
  SUBCASE("when it is told to") {
    b.secure.reload();
    CHECK(serves(in, b, a));
  }
}

TEST_CASE("net/tls: files that cannot be used are told by name") {
  const certificates& files = made();
  files.put("empty", "");
  files.put("garbage.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  files.openssl("ec -in ours/a.key -aes128 -passout pass:x -out locked.key");
  files.openssl("genpkey -algorithm RSA -out rsa.key");
  const tls_options good = ours("a");
  const auto with = [&](std::string tls_options::*which, const std::string& name) {
    tls_options bad = good;
    bad.*which = files.file(name);
    return bad;
  };
  struct {
    tls_options files;
    std::string why;
  } const cases[] = {
      {with(&tls_options::ca_file, "none"), "none: no certificate of a CA can be read: No such"},
      {with(&tls_options::ca_file, "empty"), "empty: no certificate of a CA can be read"},
      {with(&tls_options::ca_file, "garbage.pem"), "garbage.pem: no certificate of a CA can be"},
      {with(&tls_options::certificate_file, "none"), "none: no certificate can be read: No such"},
      {with(&tls_options::certificate_file, "empty"), "empty: no certificate can be read"},
      {with(&tls_options::certificate_file, "garbage.pem"), "garbage.pem: no certificate can"},
      {with(&tls_options::key_file, "none"), "none: no key of the certificate can be read: No s"},
      {with(&tls_options::key_file, "ours/a.pem"), "a.pem: no key of the certificate can be read"},
      {with(&tls_options::key_file, "locked.key"), "locked.key: no key of the certificate can be"},
      {with(&tls_options::key_file, "ours/b.key"), "b.key: no key of the certificate can be read"},
      {with(&tls_options::key_file, "rsa.key"), "rsa.key: it is of another certificate"},
  };
  tcp_network in;
  for (const auto& each : cases) {
    CAPTURE(each.why);
    std::string why;
    try {
      const tls_network refused(in, each.files);
    } catch (const casty::error& failed) {
      why = failed.what();
    }
    CAPTURE(why);
    CHECK(why.find(each.why) != std::string::npos);
  }
}

TEST_CASE("net/tls: addresses are those of the network below") {
  tcp_network in;
  tls_network secure(in, ours("a"));
  for (const char* bad : {"nowhere", "[]:1", ".:1", ".example.org:1"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)secure.connect(bad, [](auto, auto) {}), casty::error);
  }
  CHECK_THROWS_AS((void)secure.listen("nowhere", [](auto) {}), casty::error);
  std::string told;
  const auto call =
      secure.connect(free_address(in), [&](std::unique_ptr<stream> got, std::string_view why) {
        CHECK(got == nullptr);
        told = why;
      });
  CHECK(run_until(in, [&] { return told == "Connection refused"; }));
}

}  // namespace
