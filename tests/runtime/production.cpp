#include "runtime/production.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "runtime/engine.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::duration;

struct Get {
  casty::reply_to<int> reply_to;
};

casty::behavior<Get> server() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply_to.tell(1);
    return behaviors::same;
  });
}

// Where nothing happens but what a test says.
class quiet_source final : public casty::event_source {
 public:
  bool look() noexcept override {
    ++looks_;
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(looks_for);
    while (std::chrono::steady_clock::now() < end) {
    }
    return false;
  }
  bool wait(duration until) noexcept override {
    if (happens) {
      std::exchange(happens, nullptr)();
    }
    std::unique_lock lock(guard_);
    ++waits_;
    const auto at = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(until.count()));
    const auto has_ended = [this] { return is_interrupted_; };
    if (until == duration::max()) {
      changed_.wait(lock, has_ended);
    } else {
      changed_.wait_until(lock, at, has_ended);
    }
    is_interrupted_ = false;
    return true;
  }
  void interrupt() noexcept override {
    const std::lock_guard lock(guard_);
    is_interrupted_ = true;
    changed_.notify_one();
  }
  [[nodiscard]] int waits() {
    const std::lock_guard lock(guard_);
    return waits_;
  }
  [[nodiscard]] unsigned looks() const { return looks_; }

  std::function<void()> happens = {};  // at the next wait
  unsigned looks_for = 0;              // microseconds

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_interrupted_ = false;
  int waits_ = 0;
  std::atomic<unsigned> looks_ = 0;
};

TEST_CASE("runtime/production: a worker waits where it attends to, and wakes for messages") {
  casty::actor_system system({.name = "outside", .workers = 1, .log = casty::log_level::off});
  casty::scheduler& on = *casty::detail::engine_of(system)->on.scheduler;
  const auto asked = system.spawn(server());
  for (int round = 0; round < 20; ++round) {
    std::optional<quiet_source> source(std::in_place);
    on.attend(&*source);
    for (int each = 0; each < 100 || source->waits() == 0; ++each) {
      REQUIRE(system.ask<Get>(asked).within(duration::seconds(60)).get() == 1);
    }
    on.attend(nullptr);
    source.reset();
    REQUIRE(system.ask<Get>(asked).within(duration::seconds(60)).get() == 1);
  }
}

// Goes on as long as it may.
struct Go {};
casty::behavior<Go> restless(std::atomic<std::uint64_t>& turns, const std::atomic<bool>& is_over) {
  return behaviors::setup<Go>([&](casty::actor_context<Go>& ctx) {
    ctx.self().tell(Go{});
    return behaviors::receive<Go>([&, self = ctx.self()](Go) {
      ++turns;
      if (!is_over) {
        self.tell(Go{});
      }
      return behaviors::same;
    });
  });
}

TEST_CASE("runtime/production: who does not rest looks outside, no longer than he works") {
  std::atomic<std::uint64_t> turns = 0;
  std::atomic<bool> is_over = false;
  casty::actor_system system({.name = "outside", .workers = 1, .log = casty::log_level::off});
  casty::scheduler& on = *casty::detail::engine_of(system)->on.scheduler;
  std::optional<quiet_source> source(std::in_place);
  source->looks_for = 300;
  system.spawn(restless(turns, is_over));
  while (turns == 0) {
    std::this_thread::yield();
  }
  on.attend(&*source);
  const std::uint64_t before = turns;
  while (source->looks() < 50) {
    std::this_thread::yield();
  }
  CHECK(turns - before > 50 * 20);
  on.attend(nullptr);
  source.reset();
  is_over = true;
}

TEST_CASE("runtime/production: what happens outside may not wait for actors") {
  casty::actor_system system({.name = "outside", .workers = 1, .log = casty::log_level::off});
  casty::scheduler& on = *casty::detail::engine_of(system)->on.scheduler;
  const auto asked = system.spawn(server());
  quiet_source source;
  std::promise<bool> is_refused;
  source.happens = [&] {
    unsigned refusals = 0;
    const auto refuses = [&](const auto& what) {
      try {
        what();
      } catch (const casty::error& thrown) {
        refusals += thrown.code() == casty::errc::would_block ? 1 : 0;
      }
    };
    refuses([&] { (void)system.ask<Get>(asked).get(); });
    refuses([&] { (void)system.drain(); });
    refuses([&] { (void)system.terminate(); });
    is_refused.set_value(refusals == 3);
  };
  on.attend(&source);
  REQUIRE(system.ask<Get>(asked).within(duration::seconds(60)).get() == 1);
  CHECK(is_refused.get_future().get());
  on.attend(nullptr);
}

}  // namespace
