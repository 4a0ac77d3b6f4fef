#include "casty/cluster/system.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "casty/cluster.hpp"
#include "cluster/node.hpp"
#include "net/tcp.hpp"
#include "net/threaded.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
namespace behaviors = casty::behaviors;
namespace net = casty::net;

constexpr std::uint32_t senders = 64;
#ifdef CASTY_SANITIZED
constexpr std::uint32_t lines_each = 100;
#else
constexpr std::uint32_t lines_each = 1'563;  // 100,032 of all
#endif

// Lines of one sender come in order, without a gap.
struct Line {
  std::uint32_t sender;
  std::uint32_t number;
  std::string text;
};
struct GetHeard {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Listener : casty::protocol<Line, GetHeard> {};

behavior<Listener> listener() {
  struct Heard {
    std::vector<std::uint32_t> next = std::vector<std::uint32_t>(senders);
    std::uint64_t in_order = 0;
  };
  return behaviors::with_state<Listener>(
      Heard{},
      [](Heard& heard, const Line& m) {
        heard.in_order += heard.next[m.sender]++ == m.number ? 1 : 0;
        return behaviors::same;
      },
      [](Heard& heard, const GetHeard& m) {
        m.reply_to.tell(heard.in_order);
        return behaviors::same;
      });
}

struct Begin {
  actor_ref<Listener> to;
  casty::reply_to<std::uint32_t> reply_to;
};
behavior<Begin> sender(std::uint32_t self) {
  return behaviors::receive<Begin>([self](const Begin& m) -> casty::task<behavior<Begin>> {
    for (std::uint32_t number = 0; number < lines_each; ++number) {
      co_await m.to.send<Line>(self, number, "hello");
    }
    m.reply_to.tell(lines_each);
    co_return behaviors::same;
  });
}

// A ref that comes from a third node: there has been no word with its own one.
struct Hand {
  actor_ref<Listener> whom;
};

casty::cluster_options options() {
  return {.name = "test", .secret = "sesame", .workers = 2, .log = casty::log_level::error};
}

/// TCP that counts the calls it takes, and may leave them waiting.
class counted_tcp final : public net::network {
 public:
  std::unique_ptr<net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<net::stream>)> called) override {
    called_ = std::move(called);
    return tcp.listen(address, [this](std::unique_ptr<net::stream> call) {
      ++accepted;
      held_.push_back(std::move(call));
      hand_on();
    });
  }
  void open(bool is_open) {
    call([this, is_open] {
      is_open_ = is_open;
      hand_on();
    });
  }
  std::unique_ptr<net::operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<net::stream>, std::string_view)> done) override {
    return tcp.connect(address, std::move(done));
  }
  std::unique_ptr<net::operation> after(duration span, std::function<void()> then) override {
    return tcp.after(span, std::move(then));
  }
  void call(std::function<void()> what) override { tcp.call(std::move(what)); }
  [[nodiscard]] duration now() const override { return tcp.now(); }
  [[nodiscard]] std::uint64_t chance() override { return tcp.chance(); }

  std::atomic<std::size_t> accepted = 0;  // ever
  net::tcp_network tcp;

 private:
  void hand_on() {
    for (auto& each : is_open_ ? std::exchange(held_, {}) : decltype(held_){}) {
      called_(std::move(each));
    }
  }

  std::function<void(std::unique_ptr<net::stream>)> called_;
  std::vector<std::unique_ptr<net::stream>> held_;
  bool is_open_ = true;
};

/// A node over it, with a listener.
struct counted_node {
  counted_node()
      : system(casty::system_options{.name = "test", .workers = 1}),
        node(system, on, {.terms = {{address(), net::new_incarnation()}, "test", "sesame"}}) {
    node.listen(on.tcp.listens_at());
    node.publish(casty::detail::ref_access::get(system.spawn(listener(), "listener")),
                 casty::wire::detail::card_of<Listener>());
    running = std::make_unique<net::network_thread>(on.tcp);
  }
  ~counted_node() {
    (void)system.terminate();
    running.reset();
  }
  std::string address() {
    const auto probe = on.tcp.listen("127.0.0.1:0", [](auto) {});
    return on.tcp.listens_at();
  }

  counted_tcp on;
  casty::actor_system system;
  casty::cluster::node node;
  std::unique_ptr<net::network_thread> running;
};

std::int64_t resident_bytes() {
  std::int64_t whole = 0;
  std::int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> whole >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}
void check_grown(std::int64_t from, std::int64_t to, std::int64_t mib_max) {
  const std::int64_t mib = (to - from) >> 20;
  MESSAGE("resident memory has grown by " << mib << " MiB");
#ifndef CASTY_SANITIZED  // which keep memory for themselves
  CHECK(mib <= mib_max);
#else
  (void)mib_max;
#endif
}

TEST_CASE("cluster/system: 64 actors tell one of a node that was never called, all at once") {
  counted_node there;
  const std::string address = there.on.tcp.listens_at();
  casty::clustered_actor_system here(options());
  casty::clustered_actor_system third(options());
  std::promise<actor_ref<Listener>> handed;
  here.spawn(behaviors::receive<Hand>([&](const Hand& m) {
               handed.set_value(m.whom);
               return behaviors::same;
             }),
             "taker");
  const auto known = third.lookup<Listener>("/user/listener", address).get();
  const auto taker = third.lookup<Hand>("/user/taker", here.address()).get();
  there.on.open(false);
  const std::size_t accepted_before = there.on.accepted;
  const std::int64_t resident = resident_bytes();

  // All lines are on their way before the call is taken.
  taker.tell(Hand{known});
  const actor_ref<Listener> far = handed.get_future().get();
  std::vector<casty::future<std::uint32_t>> sent;
  for (std::uint32_t number = 0; number < senders; ++number) {
    sent.push_back(here.ask<Begin>(here.spawn(sender(number)), far).within(duration::seconds(60)));
  }
  for (auto& each : sent) {
    REQUIRE(each.get() == lines_each);
  }
  check_grown(resident, resident_bytes(), 32);
  there.on.open(true);
  CHECK(here.ask<GetHeard>(far).within(duration::seconds(60)).get() == senders * lines_each);
  CHECK(there.on.accepted - accepted_before == 1);  // all that is sent to actors is on one lane
  check_grown(resident, resident_bytes(), 32);
}

TEST_CASE("cluster/system: what is sent to a node that is away is bounded, and accounted for") {
  auto impatient = options();
  impatient.unreachable_max = duration::seconds(5);
  casty::clustered_actor_system here(impatient);
  auto there = std::make_unique<casty::clustered_actor_system>(options());
  there->spawn(listener(), "listener");
  const auto far = here.lookup<Listener>("/user/listener", there->address()).get();
  std::promise<casty::node_lost> lost;
  here.event_stream().subscribe([&](const casty::node_lost& event) { lost.set_value(event); });
  std::future<casty::node_lost> is_lost = lost.get_future();
  const auto before = here.counts();
  there.reset();
  const std::int64_t resident = resident_bytes();
  std::int64_t most = resident;
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  const std::string text(1000, 'x');
  const auto tell_until = [&](auto is_over) {
    while (!is_over()) {
      ++(far.try_tell(Line{0, 0, text}) ? accepted : refused);
      if ((accepted + refused) % 50'000 == 0) {
        most = std::max(most, resident_bytes());
      }
    }
  };
  const auto has_lost = [&] {
    return is_lost.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  // 64 MiB wait to be sent, 1 MiB to wait there, and 65,536 lines for that: no more.
  tell_until([&] { return refused > 100'000 || has_lost(); });
  CHECK(refused > 100'000);
  CHECK(accepted < 140'000);
  tell_until(has_lost);  // what comes while it is given up is accepted, to be a dead letter
  check_grown(resident, most, 160);
  const casty::node_lost event = is_lost.get();
  REQUIRE(here.drain(duration::seconds(30)));
  // Whether there was room is told to a stand-in that has stopped: no message of anybody's.
  const auto after = here.counts();
  const std::uint64_t dead = after.dead - before.dead -
                             after.dead_of(casty::dead_letter_reason::late_reply);
  CHECK(event.unsent + event.unknown + dead == accepted);
}

}  // namespace
