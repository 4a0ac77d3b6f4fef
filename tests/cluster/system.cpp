#include "casty/cluster/system.hpp"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/cluster.hpp"
#include "casty/config/load.hpp"
#include "net/tcp.hpp"
#include "support/certificates.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
using casty::errc;
namespace behaviors = casty::behaviors;

struct Line {
  std::uint32_t sender;
  std::uint32_t number;
  std::string text;
};
struct GetFlaws {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Stop {};
struct Listener : casty::protocol<Line, GetFlaws, Stop> {};

struct Heard {
  std::vector<std::uint32_t> next = std::vector<std::uint32_t>(64);
  std::uint64_t lines = 0;
  std::uint64_t flaws = 0;
};

behavior<Listener> listener(std::shared_ptr<std::atomic<std::uint64_t>> lines) {
  return behaviors::with_state<Listener>(
      Heard{},
      [lines](Heard& heard, const Line& m) {
        heard.flaws += heard.next[m.sender]++ == m.number ? 0 : 1;
        lines->fetch_add(1);
        return behaviors::same;
      },
      [](Heard& heard, const GetFlaws& m) {
        m.reply_to.tell(heard.flaws);
        return behaviors::same;
      },
      [](Heard&, Stop) { return behaviors::stopped; });
}

casty::cluster_options options() {
  return {.name = "test", .secret = "sesame", .workers = 1, .log = casty::log_level::error};
}

TEST_CASE("cluster/system: what was told before the end of a node arrives") {
  casty::clustered_actor_system there(options());
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  there.spawn(listener(lines), "listener");
  for (std::uint32_t each = 0; each < 5; ++each) {
    casty::clustered_actor_system here(options());
    const auto far = here.lookup<Listener>("/user/listener", there.address()).get();
    for (std::uint32_t number = 0; number < 1000; ++number) {
      far.tell(Line{each, number, "last words"});
    }
  }
  REQUIRE(there.drain());
  CHECK(*lines == 5000);
}

TEST_CASE("cluster/system: nodes of another cluster or secret are not spoken to") {
  casty::clustered_actor_system here(options());
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  auto of_another_name = options();
  of_another_name.name = "other";
  auto of_another_secret = options();
  of_another_secret.secret = "mustard";
  for (const casty::cluster_options& other : {of_another_name, of_another_secret}) {
    casty::clustered_actor_system there(other);
    there.spawn(listener(lines), "listener");
    CHECK(here.lookup<Listener>("/user/listener", there.address())
              .within(duration::milliseconds(300))
              .wait()
              .error() == errc::timeout);
  }
}

TEST_CASE("cluster/system: nodes with certificates talk, others are not spoken to") {
  const support::certificates files;
  files.make_ca("ca");
  files.make_node("ca", "node", "--host 127.0.0.1");
  const casty::net::tls_options made = files.of("ca", "node");
  auto with = options();
  with.tls = casty::tls_files{made.ca_file, made.certificate_file, made.key_file};
  casty::clustered_actor_system here(with);
  casty::clustered_actor_system there(with);
  casty::clustered_actor_system plain(options());
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  there.spawn(listener(lines), "listener");
  const auto far = here.lookup<Listener>("/user/listener", there.address()).get();
  far.tell(Line{0, 0, "hello"});
  CHECK(here.ask<GetFlaws>(far).get() == 0);
  CHECK(plain.lookup<Listener>("/user/listener", there.address())
            .within(duration::milliseconds(300))
            .wait()
            .error() == errc::timeout);
  with.tls->key = files.file("none");
  CHECK_THROWS_AS((casty::clustered_actor_system{with}), casty::error);
}

// A port that is free.
std::uint16_t free_port() {
  casty::net::tcp_network probe;
  const auto listening = probe.listen("127.0.0.1:0", [](auto) {});
  const std::string& at = probe.listens_at();
  return static_cast<std::uint16_t>(std::stoul(at.substr(at.rfind(':') + 1)));
}

TEST_CASE("cluster/system: a node is called where it can be reached, by the name that it has") {
  const std::string inside = "bank.example:25520";
  auto hidden = options();
  hidden.port = free_port();
  hidden.advertise = inside;
  auto outside = options();
  outside.address_map = {{inside, "127.0.0.1:" + std::to_string(hidden.port)}};
  casty::clustered_actor_system here(outside);
  casty::clustered_actor_system there(hidden);
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  there.spawn(listener(lines), "listener");
  const auto far = here.lookup<Listener>("/user/listener", inside).get();
  CHECK(here.ask<GetFlaws>(far).get() == 0);
}

TEST_CASE("cluster/system: what is no address is not looked at, and harms nobody") {
  casty::clustered_actor_system here(options());
  casty::clustered_actor_system there(options());
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  there.spawn(listener(lines), "listener");
  for (const char* bad : {"", "nowhere", "nowhere:", ":1", "[]:1"}) {
    CAPTURE(bad);
    CHECK(here.lookup<Listener>("/user/listener", bad).wait().error() == errc::bad_argument);
  }
  const auto far = here.lookup<Listener>("/user/listener", there.address()).get();
  CHECK(here.ask<GetFlaws>(far).get() == 0);
}

TEST_CASE("cluster/system: a node by a file") {
  const casty::configuration from = casty::parse_config(R"toml(
[system]
name = "bank"
workers = 1
[cluster]
port = 0
advertise = "localhost:1"
secret = "sesame"
unreachable_seconds = 2.5
address_map = { "10.0.0.2:25520" = "localhost:2" }
[cluster.tls]
ca = "a.pem"
certificate = "b.pem"
key = "b.key"
)toml");
  casty::cluster_options made = casty::cluster_options_of(from);
  CHECK(made.name == "bank");
  CHECK(made.secret == "sesame");
  CHECK(made.tls->certificate == "b.pem");
  CHECK(made.unreachable_max == duration::milliseconds(2500));
  CHECK(made.address_map.at("10.0.0.2:25520") == "localhost:2");
  made.tls.reset();
  casty::clustered_actor_system node(made);
  CHECK(node.name() == "bank");
  CHECK(node.address() == "localhost:1");
}

TEST_CASE("cluster/system: a node is looked up by the name that it is known by") {
  casty::clustered_actor_system here(options());
  casty::clustered_actor_system there(options());
  const auto lines = std::make_shared<std::atomic<std::uint64_t>>(0);
  there.spawn(listener(lines), "listener");
  const std::string& address = there.address();
  const auto far = here.lookup<Listener>("/user/listener", address).get();
  const std::string alias = "localhost" + address.substr(address.rfind(':'));
  CHECK(here.lookup<Listener>("/user/listener", alias)
            .within(duration::milliseconds(300))
            .wait()
            .error() == errc::timeout);
  far.tell(Line{0, 0, "hello"});
  CHECK(here.ask<GetFlaws>(far).get() == 0);
  CHECK(*lines == 1);
}

struct LetGo {};

TEST_CASE("cluster/system: a node may be held by an actor of another system") {
  casty::actor_system outer({.name = "outer", .workers = 1, .log = casty::log_level::off});
  auto held = std::make_unique<casty::clustered_actor_system>(options());
  std::promise<void> has_ended;
  const auto holder = outer.spawn(behaviors::receive<LetGo>([&](LetGo) {
    held.reset();
    has_ended.set_value();
    return behaviors::same;
  }));
  holder.tell(LetGo{});
  has_ended.get_future().wait();
}

TEST_CASE("cluster/system: off the loopback it asks for a secret") {
  CHECK_THROWS_AS(casty::clustered_actor_system({.host = "0.0.0.0", .advertise = "here:1"}),
                  casty::error);
  casty::clustered_actor_system({.host = "0.0.0.0", .advertise = "here:1", .insecure = true});
  CHECK_THROWS_AS(casty::clustered_actor_system({.host = "192.0.2.1", .secret = "s"}),
                  casty::error);
}

TEST_CASE("cluster/system: it is known by the host that it was given, and has to be told one") {
  auto named = options();
  named.host = "localhost";
  const casty::clustered_actor_system by_name(named);
  CHECK(by_name.address().starts_with("localhost:"));
  named.host = "127.1";
  CHECK(casty::clustered_actor_system(named).address().starts_with("127.1:"));
  const casty::clustered_actor_system by_number(options());
  CHECK(by_number.address().starts_with("127.0.0.1:"));
  for (const char* all : {"0.0.0.0", "::"}) {
    CHECK_THROWS_WITH_AS(casty::clustered_actor_system({.host = all, .insecure = true}),
                         doctest::Contains("is every address of the machine"), casty::error);
  }
}

TEST_CASE("cluster/system: what cannot go to another node is told to actors here as ever") {
  struct Call {
    std::shared_ptr<int> count;
  };
  casty::clustered_actor_system here(options());
  const auto count = std::make_shared<int>(0);
  here.spawn(behaviors::receive<Call>([](const Call& m) {
        ++*m.count;
        return behaviors::same;
      }),
      "caller")
      .tell(Call{count});
  REQUIRE(here.drain());
  CHECK(*count == 1);
}

}  // namespace
