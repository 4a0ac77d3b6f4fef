// What a worker that has nothing to do does with memory that nobody uses.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"
#include "runtime/releasing.hpp"
#include "runtime/sanitizers.hpp"
#include "runtime/worker.hpp"
#include "support/many_blocks.hpp"
#include "support/releasing.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::duration;

constexpr std::size_t many = 300'000;

// One worker, whose time passes when it rests.
struct resting_world final : casty::clock, casty::scheduler {
  casty::testkit::seeded_random chance{1};
  std::function<void()> at_look;  // of the worker, at the clock
  std::function<void()> tick;     // on another thread, when all is at rest
  int ticks_left = 0;
  std::vector<std::int64_t> rests;  // until when, in seconds
  std::atomic<bool> has_rested{false};

  [[nodiscard]] duration now() const noexcept override {
    if (at_look && casty::detail::worker::current() != nullptr) {
      at_look();
    }
    return duration::nanoseconds(now_.load());
  }
  [[nodiscard]] unsigned workers() const noexcept override { return 1; }
  void start(casty::worker_loop& loops) override {
    thread_ = std::thread([&loops] { loops.run(0); });
  }
  bool stop(duration) noexcept override {
    thread_.join();
    return true;
  }
  void wake(unsigned) noexcept override {
    woken_ = true;
    woken_.notify_all();
  }
  void park(unsigned, duration until) noexcept override {
    if (until == duration::max()) {
      if (!rests.empty() && ticks_left-- > 0) {
        std::thread(tick).join();
      } else {
        has_rested = !rests.empty();
        has_rested.notify_all();
      }
      woken_.wait(false);
      woken_ = false;
    } else if (!woken_.exchange(false)) {
      rests.push_back(until.count() / 1'000'000'000);
      now_ = until.count();
    }
  }
  bool wait(const std::uint32_t& word, std::uint32_t value, duration) noexcept override {
    while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == value) {
      std::this_thread::yield();
    }
    return true;
  }
  void notify(const std::uint32_t&) noexcept override {}

 private:
  std::atomic<std::int64_t> now_{0};  // in nanoseconds
  std::atomic<bool> woken_{false};
  std::thread thread_;
};

// Idle blocks, none of which can go: one of each slab is in use.
struct crowded {
  crowded() {
    std::vector<void*> all = support::take_blocks(many);
    kept = support::keep_one_a_slab(all);
    support::give_back(all);
    (void)support::release_once();  // they were in use a moment ago
  }
  crowded(const crowded&) = delete;
  crowded& operator=(const crowded&) = delete;
  ~crowded() {
    support::give_back(kept);
    support::release_all();
  }
  std::vector<void*> kept;
};

struct Tick {};

casty::system_options quiet() { return {.name = "resting", .log = casty::log_level::off}; }

#ifndef CASTY_RUNTIME_ASAN  // else blocks bypass the pool

TEST_CASE("runtime/resting: a message does not wait until all memory has been looked at") {
  const crowded memory;
  resting_world world;
  unsigned looks = 0;  // since the memory is being looked at
  unsigned told_at = 0;
  unsigned came_at = 0;
  world.at_look = [&] {
    if (!world.rests.empty() && ++looks == 5) {
      told_at = looks;
      std::thread(world.tick).join();
    }
  };
  casty::actor_system system(quiet(), {&world, &world, &world.chance});
  const auto actor = system.spawn(behaviors::receive<Tick>([&](Tick) {
    came_at = looks;
    return behaviors::same;
  }));
  world.tick = [&actor] { actor.tell(Tick{}); };

  actor.tell(Tick{});
  world.has_rested.wait(false);

  CHECK(told_at == 5);
  CHECK(came_at - told_at <= 1);
  CHECK(looks > many / 2 / casty::detail::release_piece_max);
}

TEST_CASE("runtime/resting: memory that is used while some is looked at is looked at again") {
  const crowded memory;
  resting_world world;
  unsigned looks = 0;
  world.at_look = [&] {
    if (!world.rests.empty() && ++looks == 5) {
      std::thread(world.tick).join();
    }
  };
  casty::actor_system system(quiet(), {&world, &world, &world.chance});
  const auto actor = system.spawn(behaviors::receive<Tick>([](Tick) { return behaviors::same; }));
  world.tick = [&actor] { actor.tell(Tick{}); };

  actor.tell(Tick{});
  world.has_rested.wait(false);

  CHECK(world.rests == std::vector<std::int64_t>{1, 3});
}

#endif

TEST_CASE("runtime/resting: memory of what came for the dead is looked at") {
  support::release_all();
  resting_world world;
  casty::actor_system system(quiet(), {&world, &world, &world.chance});
  const auto actor =
      system.spawn(behaviors::receive<Tick>([](Tick) { return behaviors::stopped; }));
  std::size_t rests_before = 0;
  world.tick = [&] {
    rests_before = world.rests.size();
    actor.tell(Tick{});
  };
  world.ticks_left = 1;

  actor.tell(Tick{});
  world.has_rested.wait(false);

  CHECK(system.counts().dead == 1);
  CHECK(world.rests.size() > rests_before);
}

TEST_CASE("runtime/resting: memory of a message that came late for the dead is looked at") {
  support::release_all();
  resting_world world;
  casty::actor_system system(quiet(), {&world, &world, &world.chance});
  const auto actor =
      system.spawn(behaviors::receive<Tick>([](Tick) { return behaviors::stopped; }));

  system.schedule("late", actor, Tick{}, duration::seconds(100));
  actor.tell(Tick{});
  world.has_rested.wait(false);

  CHECK(system.counts().dead == 1);
  CHECK(world.rests.back() > 100);
}

#ifndef CASTY_RUNTIME_ASAN  // else blocks bypass the pool

TEST_CASE("runtime/resting: memory that cannot go is looked at more and more seldom") {
  const crowded memory;
  resting_world world;
  casty::actor_system system(quiet(), {&world, &world, &world.chance});
  const auto actor = system.spawn(behaviors::receive<Tick>([](Tick) { return behaviors::same; }));
  world.tick = [&actor] { actor.tell(Tick{}); };
  world.ticks_left = 8;

  actor.tell(Tick{});
  world.has_rested.wait(false);

  CHECK(world.rests == std::vector<std::int64_t>{1, 3, 7, 15, 31, 63, 123, 183, 243});
}

#endif

}  // namespace
