#include "runtime/production.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

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
  bool look() noexcept override { return false; }
  bool wait(duration until) noexcept override {
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

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_interrupted_ = false;
  int waits_ = 0;
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

}  // namespace
