// What does a round trip cost that an ordinary thread asks, beside the wake-up of one
// thread by another?
#include <condition_variable>
#include <mutex>
#include <thread>

#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Get {
  std::int64_t number;
  casty::reply_to<std::int64_t> reply;
};

casty::behavior<Get> server() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply.tell(m.number + 1);
    return behaviors::same;
  });
}

void ask(benchmark::State& state) {
  casty::actor_system system(bench::one_worker());
  const auto from = system.spawn(server());
  bench::measure(state, 1, 10'000, [&](std::int64_t count) {
    std::int64_t sum = 0;
    const bench::meter all;
    for (std::int64_t number = 0; number < count; ++number) {
      sum += system.ask<Get>(from, number).get();
    }
    const auto spent = all.read();
    bench::require(sum == count * (count + 1) / 2, "an answer is wrong");
    return spent;
  });
}
BENCHMARK(ask)->Apply(bench::nanoseconds);

// Two threads that hand a turn to each other through a condition variable.
struct turns {
  void take(bool mine, std::int64_t count) {
    for (std::int64_t each = 0; each < count; ++each) {
      std::unique_lock lock(guard);
      changed.wait(lock, [&] { return now == mine; });
      now = !mine;
      changed.notify_one();
    }
  }

  std::mutex guard;
  std::condition_variable changed;
  bool now = false;
};

void thread_wake_up(benchmark::State& state) {
  bench::measure(state, 2, 10'000, [](std::int64_t count) {
    turns of;
    const bench::meter all;
    std::thread other([&] { of.take(true, count / 2); });
    of.take(false, count / 2);
    other.join();
    const auto spent = all.read();
    bench::require(!of.now, "a turn is missing");
    return spent;
  });
}
BENCHMARK(thread_wake_up)->Apply(bench::nanoseconds);

}  // namespace
