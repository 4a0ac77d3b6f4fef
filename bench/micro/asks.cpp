// What does an ask cost: from a handler that waits, and from an ordinary thread beside one
// wake-up of a thread?
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "allocations.hpp"
#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Get {
  casty::reply_to<int> reply_to;
};
struct Run {
  casty::actor_ref<Get> to;
  std::int64_t asks;
  casty::reply_to<std::int64_t> reply_to;
};

behavior<Get> server() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply_to.tell(1);
    return behaviors::same;
  });
}

void inside(benchmark::State& state) {
  constexpr std::int64_t asks = 100'000;
  casty::actor_system system({.name = "bench", .workers = 1});
  const auto to = system.spawn(server());
  const auto client = system.spawn(behaviors::receive<Run>(
      [](casty::actor_context<Run>& ctx, Run m) -> casty::task<behavior<Run>> {
        std::int64_t sum = 0;
        for (std::int64_t each = 0; each < m.asks; ++each) {
          sum += co_await ctx.ask<Get>(m.to);
        }
        m.reply_to.tell(sum);
        co_return behaviors::same;
      }));
  const auto run = [&] {
    return system.ask<Run>(client, to, asks).within(casty::duration::seconds(60)).get();
  };
  run();
  const bench::stretch stretch(state, asks);
  for (auto _ : state) {
    if (run() != asks) {
      state.SkipWithError("answers were lost");
    }
  }
}
BENCHMARK(inside)->Name("ask inside")->Unit(benchmark::kMillisecond)->UseRealTime();

void from_thread(benchmark::State& state) {
  casty::actor_system system({.name = "bench", .workers = 1});
  const auto to = system.spawn(server());
  const bench::stretch stretch(state, 1);
  for (auto _ : state) {
    if (system.ask<Get>(to).get() != 1) {
      state.SkipWithError("an answer was lost");
    }
  }
}
BENCHMARK(from_thread)->Name("ask from a thread")->UseRealTime();

// Two threads that wake each other: there and back are two wake-ups.
void wake_up(benchmark::State& state) {
  std::atomic<int> turn{0};
  std::thread other([&] {
    for (int seen = turn.load(); seen >= 0; seen = turn.load()) {
      if (seen == 1) {
        turn.compare_exchange_strong(seen, 0);
        turn.notify_all();
      }
      turn.wait(0);
    }
  });
  for (auto _ : state) {
    turn = 1;
    turn.notify_all();
    turn.wait(1);
  }
  turn = -1;
  turn.notify_all();
  other.join();
}
BENCHMARK(wake_up)->Name("two wake-ups of a thread")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
