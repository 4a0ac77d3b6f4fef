// What a file says takes effect, for children too; what the code says goes before.
#include "runtime/configuring.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/config/load.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::parse_config;
using casty::testkit::test_system;
using namespace std::chrono_literals;

struct Add {};
struct Fail {};
struct Count {
  casty::reply_to<int> reply_to;
};
struct Counter : casty::protocol<Add, Fail, Count> {};

behavior<Counter> counter(int count = 0) {
  return behaviors::receive<Counter>(
      [=](Add) { return counter(count + 1); },
      [](Fail) -> casty::outcome { throw std::runtime_error("failed"); },
      [=](const Count& m) {
        m.reply_to.tell(count);
        return behaviors::same;
      });
}

struct Spawn {
  std::string name;
  casty::reply_to<casty::actor_ref<Counter>> reply_to;
};

behavior<Spawn> parent() {
  return behaviors::receive<Spawn>([](casty::actor_context<Spawn>& ctx, const Spawn& m) {
    m.reply_to.tell(ctx.spawn(counter(), m.name));
    return behaviors::same;
  });
}

test_system by_file(std::string_view file) {
  return test_system(1, {.log = casty::log_level::off, .config = parse_config(file)});
}

// How many of ten messages sent at once a mailbox takes.
int room_of(test_system& system, const casty::actor_ref<Counter>& to) {
  for (int each = 0; each < 10; ++each) {
    to.tell<Add>();
  }
  system.run();
  return system.ask<Count>(to).get();
}

constexpr std::string_view mailboxes = R"(
[defaults.mailbox]
capacity = 3
[actors.wide]
mailbox = { capacity = 7 }
[actors."w\\d"]
mailbox = { capacity = 5 }
)";

TEST_CASE("runtime/configuring: mailboxes are as the file says") {
  auto system = by_file(mailboxes);
  CHECK(room_of(system, system.spawn(counter())) == 3);
  CHECK(room_of(system, system.spawn(counter(), "other")) == 3);
  CHECK(room_of(system, system.spawn(counter(), "wide")) == 7);
  CHECK(room_of(system, system.spawn(counter(), "w1")) == 5);
  CHECK(room_of(system, system.spawn(counter(), "_own")) == 10);
}

TEST_CASE("runtime/configuring: for children as well") {
  auto system = by_file(mailboxes);
  const auto top = system.spawn(parent(), "top");
  CHECK(room_of(system, system.ask<Spawn>(top, "").get()) == 3);
  CHECK(room_of(system, system.ask<Spawn>(top, "wide").get()) == 7);
  CHECK(room_of(system, system.ask<Spawn>(top, "w2").get()) == 5);
}

TEST_CASE("runtime/configuring: mailboxes in code go before the file") {
  auto system = by_file(mailboxes);
  CHECK(room_of(system, system.spawn(counter(), "wide", {.mailbox = {.capacity = 4}})) == 4);
  CHECK(room_of(system, system.spawn(counter(), "w1", {.mailbox = {.capacity = 0}})) == 10);
}

TEST_CASE("runtime/configuring: the overflow of the file holds") {
  auto system = by_file("[actors.a]\nmailbox = { capacity = 2, strategy = 'backpressure' }\n");
  const auto full = system.spawn(counter(), "a");
  full.tell<Add>();
  full.tell<Add>();
  CHECK_FALSE(full.try_tell(Add{}));
  CHECK_THROWS_AS(full.tell<Add>(), casty::error);
  CHECK(system.counts().dead == 0);
}

// Adds, fails, and counts; -1 when the actor has stopped.
int after_failure(test_system& system, const casty::actor_ref<Counter>& failing) {
  failing.tell<Add>();
  failing.tell<Fail>();
  const auto counted = system.ask<Count>(failing).wait();
  return counted ? *counted : -1;
}

TEST_CASE("runtime/configuring: the strategy of the file holds, for children as well") {
  auto system = by_file(R"(
[defaults.supervision]
strategy = "restart"
[actors.goes-on]
supervision = { strategy = "resume" }
[actors."stops.*"]
supervision = { strategy = "stop" }
)");
  const auto top = system.spawn(parent(), "top");
  CHECK(after_failure(system, system.spawn(counter(), "a")) == 0);
  CHECK(after_failure(system, system.spawn(counter(), "goes-on")) == 1);
  CHECK(after_failure(system, system.spawn(counter(), "stops-1")) == -1);
  CHECK(after_failure(system, system.ask<Spawn>(top, "a").get()) == 0);
  CHECK(after_failure(system, system.ask<Spawn>(top, "goes-on").get()) == 1);
  CHECK(after_failure(system, system.ask<Spawn>(top, "stops-2").get()) == -1);
}

TEST_CASE("runtime/configuring: escalate fails the parent") {
  auto system = by_file("[actors.child]\nsupervision = { strategy = 'escalate' }\n");
  const auto top = system.spawn(parent());
  CHECK(after_failure(system, system.ask<Spawn>(top, "child").get()) == -1);
  CHECK_FALSE(system.ask<Spawn>(top, "").wait());
}

// Timers are late by up to a millisecond.
doctest::Approx about(double seconds) { return doctest::Approx(seconds).epsilon(0.001); }

TEST_CASE("runtime/configuring: the numbers of the file's supervision hold") {
  auto system = by_file(R"(
[defaults.supervision]
max_restarts = 2
within_seconds = 10
backoff_min_seconds = 1
backoff_max_seconds = 2
backoff_jitter = 0
backoff_reset_seconds = 5
)");
  // How long the actor is away; negative when it has stopped.
  const auto fail = [&](const casty::actor_ref<Counter>& failing) {
    failing.tell<Fail>();
    const casty::duration before = system.now();
    const bool answers = system.ask<Count>(failing).within(1h).wait().has_value();
    const auto away = static_cast<double>((system.now() - before).count()) / 1e9;
    return answers ? away : -away;
  };
  const auto often = system.spawn(counter());
  CHECK(fail(often) == about(1));
  CHECK(fail(often) == about(2));
  CHECK(fail(often) <= 0);

  const auto seldom = system.spawn(counter());
  CHECK(fail(seldom) == about(1));
  CHECK(fail(seldom) == about(2));
  system.advance(9s);  // the first is out of the window, and the wait begins anew
  CHECK(fail(seldom) == about(1));
}

TEST_CASE("runtime/configuring: a strategy in code goes before the file") {
  auto system = by_file("[defaults.supervision]\nstrategy = 'restart'\nmax_restarts = 9\n");
  const casty::one_for_one_strategy once{.max_restarts = 1};
  const auto direct = system.spawn(behaviors::supervise(counter(), once));
  CHECK(after_failure(system, direct) == 0);
  CHECK(after_failure(system, direct) == -1);
  // Known only when the actor has started.
  const auto within = system.spawn(behaviors::setup<Counter>(
      [=](casty::actor_context<Counter>&) { return behaviors::supervise(counter(), once); }));
  CHECK(after_failure(system, within) == 0);
  CHECK(after_failure(system, within) == -1);
}

TEST_CASE("runtime/configuring: a restart on request is counted by the file's strategy") {
  struct Again {};
  auto system = by_file("[defaults.supervision]\nmax_restarts = 1\n");
  const auto again = system.spawn(
      behaviors::receive<Again>([](Again) { return behaviors::restart; }));
  again.tell<Again>();
  system.run();
  CHECK(system.living_actors().size() == 1);
  again.tell<Again>();
  system.run();
  CHECK(system.living_actors().empty());
}

TEST_CASE("runtime/configuring: what cannot be copied is not supervised, and that is said") {
  std::vector<std::string> lines;
  test_system system(1, {.log_to = [&](const casty::log_line& line) {
                           lines.emplace_back(line.text);
                         },
                         .config = parse_config("[defaults.supervision]\nmax_restarts = 1\n")});
  const auto spawn = [&] {
    return system.spawn(behaviors::receive<Fail>(
        [only = std::make_unique<int>(1)](Fail) -> casty::outcome { throw *only; }));
  };
  spawn();
  spawn().tell<Fail>();
  system.run();
  CHECK(lines == std::vector<std::string>{
                     "configured supervision left out: the behavior cannot be copied",
                     "actor failed, it stops"});
}

TEST_CASE("runtime/configuring: name and level are the file's, unless the code says") {
  constexpr std::string_view file = "[system]\nname = 'filed'\n[log]\nlevel = 'error'\n";
  std::vector<std::string> lines;
  const auto note = [&](const casty::log_line& line) {
    lines.push_back(std::string(line.system).append(" ").append(line.text));
  };
  const auto speak = [](test_system&& system) {
    system.log().warning("careful");
    system.log().error("wrong");
  };
  speak(test_system(1, {.log_to = note, .config = parse_config(file)}));
  CHECK(std::exchange(lines, {}) == std::vector<std::string>{"filed wrong"});
  speak(test_system(1, {.name = "coded",
                        .log = casty::log_level::warning,
                        .log_to = note,
                        .config = parse_config(file)}));
  CHECK(std::exchange(lines, {}) == std::vector<std::string>{"coded careful", "coded wrong"});
  speak(test_system(1, {.log_to = note}));
  CHECK(lines == std::vector<std::string>{"casty careful", "casty wrong"});
}

struct Where {
  casty::reply_to<std::thread::id> reply_to;
};

behavior<Where> located() {
  return behaviors::receive<Where>([](const Where& m) {
    m.reply_to.tell(std::this_thread::get_id());
    return behaviors::same;
  });
}

std::size_t threads_of(casty::actor_system& system, std::string_view name) {
  std::set<std::thread::id> seen;
  for (int each = 0; each < 6; ++each) {
    const std::string own = name.empty() ? "" : std::string(name) + std::to_string(each);
    seen.insert(system.ask<Where>(system.spawn(located(), own)).get());
  }
  return seen.size();
}

TEST_CASE("runtime/configuring: workers are as many as the file says, unless the code says") {
  casty::actor_system system(parse_config("[system]\nworkers = 3\n"));
  CHECK(threads_of(system, "") == 3);
  casty::actor_system coded({.workers = 2, .config = parse_config("[system]\nworkers = 3\n")});
  CHECK(threads_of(coded, "") == 2);
}

TEST_CASE("runtime/configuring: a dispatcher of the file gives threads of their own") {
  constexpr std::string_view file =
      "[system]\nworkers = 1\n[actors.'own\\d']\ndispatcher = 'blocking'\n";
  casty::actor_system system(parse_config(file));
  CHECK(threads_of(system, "own") == 6);
  CHECK(threads_of(system, "shared") == 1);
}

TEST_CASE("runtime/configuring: the end of a system waits as long as the file says") {
  // Of the thread that is left behind, for as long as it lives.
  static std::atomic<bool> entered{false};
  static std::atomic<bool> ends{false};
  static std::vector<std::string> lines;
  struct Stick {};
  {
    casty::actor_system system(
        {.workers = 1,
         .log_to = [](const casty::log_line& line) { lines.emplace_back(line.text); },
         .config = parse_config("[system]\nshutdown_deadline_seconds = 0.05\n")});
    const auto stuck = system.spawn(behaviors::receive<Stick>([](Stick) {
      entered = true;
      entered.notify_all();
      ends.wait(false);
      return behaviors::same;
    }));
    stuck.tell(Stick{});
    entered.wait(false);
  }
  CHECK(lines ==
        std::vector<std::string>{"actors did not stop in time; their threads are left behind"});
  ends = true;
  ends.notify_all();
}

}  // namespace
