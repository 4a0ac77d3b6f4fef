#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using namespace support;
using casty::duration;
using casty::one_for_one_strategy;
using casty::testkit::test_system;

// When an actor failed and when it was back.
struct Waits {
  Log log;
  Lives lives;
  std::vector<duration> back;
  std::optional<casty::actor_ref<Worker>> actor = {};

  void start(test_system& system, casty::restart_backoff backoff) {
    lives.listen(system);
    system.event_stream().subscribe(
        [this, &system](const casty::actor_restarted&) { back.push_back(system.now()); });
    actor = system.spawn(behaviors::supervise(
        worker(log), one_for_one_strategy{.max_restarts = UINT32_MAX, .backoff = backoff}));
  }
  // How long the restart after a failure now takes.
  duration wait(test_system& system) {
    const duration from = system.now();
    back.clear();
    actor->tell(Fail{});
    system.run();
    while (back.empty()) {
      system.advance(10ms);
    }
    return duration::nanoseconds(back.front().count() - from.count());
  }
};

constexpr duration slack = duration::milliseconds(2);

bool is_about(duration found, duration wanted) {
  return found >= wanted && found <= wanted + slack;
}

TEST_CASE("runtime/supervising_backoff: the wait doubles with each restart, up to its maximum") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {.min = 100ms, .max = 1s, .jitter = 0});
    for (const duration wanted : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
      CAPTURE(wanted.count());
      CHECK(is_about(waits.wait(system), wanted));
    }
  });
}

TEST_CASE("runtime/supervising_backoff: a quiet span begins again with the shortest wait") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {.min = 100ms, .max = 1s, .jitter = 0, .reset_after = 10s});
    (void)waits.wait(system);
    CHECK(is_about(waits.wait(system), 200ms));
    system.advance(9s);
    CHECK(is_about(waits.wait(system), 400ms));
    system.advance(10s);
    CHECK(is_about(waits.wait(system), 100ms));
  });
}

TEST_CASE("runtime/supervising_backoff: to wait for a restart is no quiet span") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {.min = 1s, .max = 8s, .jitter = 0, .reset_after = 2s});
    for (const duration wanted : {1s, 2s, 4s, 8s, 8s}) {
      CAPTURE(wanted.count());
      CHECK(is_about(waits.wait(system), wanted));
    }
  });
}

TEST_CASE("runtime/supervising_backoff: chance adds up to the jitter, and not always the same") {
  std::vector<std::int64_t> all;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    Waits waits;
    test_system system(seed, {.name = "test", .log = casty::log_level::off});
    waits.start(system, {.min = 1s, .jitter = 0.5});
    const duration found = waits.wait(system);
    CHECK(found >= duration(1s));
    CHECK(found <= duration(1500ms) + slack);
    all.push_back(found.count());
  }
  std::sort(all.begin(), all.end());
  CHECK(all.back() - all.front() > duration(300ms).count());
}

TEST_CASE("runtime/supervising_backoff: without a wait a restart takes no time") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {});
    const duration before = system.now();
    waits.actor->tell(Fail{});
    waits.actor->tell(Note{"x"});
    system.run();
    CHECK(waits.lives.restarted == 1);
    CHECK(waits.log.size() == 1);
    CHECK(system.now() == before);
  });
}

TEST_CASE("runtime/supervising_backoff: the mailbox waits as well, and drain waits for it") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {.min = 2s, .jitter = 0});
    waits.actor->tell(Fail{});
    waits.actor->tell(Note{"x"});
    system.advance(1s);
    waits.actor->tell(Note{"y"});
    system.run();
    CHECK(waits.log.empty());
    CHECK(system.drain());
    CHECK(told(waits.log) == "x; y");
  });
}

TEST_CASE("runtime/supervising_backoff: a stop ends the wait at once") {
  under_seeds<Waits>([](test_system& system, Waits& waits) {
    waits.start(system, {.min = 60s});
    waits.actor->tell(Fail{});
    waits.actor->tell(Note{"x"});
    system.run();
    system.stop(*waits.actor);
    system.run();
    CHECK(waits.lives == Lives{1, 0, 1});
    CHECK(dead(system, casty::dead_letter_reason::stopped) == 1);
    system.advance(120s);
    CHECK(waits.lives == Lives{1, 0, 1});
  });
}

TEST_CASE("runtime/supervising_backoff: the end of the system ends the wait") {
  Log log;
  test_system system(1, {.name = "test", .log = casty::log_level::off});
  const auto actor = system.spawn(behaviors::supervise(
      behaviors::with_lifecycle(worker(log), {.post_stop = [&log] { log.push_back("gone"); }}),
      one_for_one_strategy{.backoff = {.min = 3600s, .max = 3600s}}));
  actor.tell(Fail{});
  system.run();
  CHECK(system.terminate());
  CHECK(told(log) == "gone");
}

}  // namespace
