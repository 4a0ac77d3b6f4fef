// How much of a processor does a system use that has nothing to do?
#include <ctime>
#include <thread>

#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Get {
  casty::reply_to<std::int64_t> reply;
};

casty::behavior<Get> server() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply.tell(1);
    return behaviors::same;
  });
}

std::int64_t processor_time() {
  timespec used{};
  bench::require(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0, "no time of the process");
  return used.tv_sec * 1'000'000'000 + used.tv_nsec;
}

// The time is that of all processors, of one second of which the first 10 ms do not count.
void idle_system(benchmark::State& state) {
  casty::actor_system system({.name = "bench", .workers = 2, .log = casty::log_level::warning});
  const auto first = system.spawn(server());
  const auto second = system.spawn(server());
  const std::chrono::milliseconds span(bench::is_tiny() ? 10 : 1'000);
  double share = 0;
  for (auto each : state) {
    (void)each;
    bench::require(system.ask<Get>(first).get() + system.ask<Get>(second).get() == 2,
                   "a worker does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::int64_t before = processor_time();
    const bench::meter all;
    std::this_thread::sleep_for(span);
    const std::int64_t used = processor_time() - before;
    share = 100 * static_cast<double>(used) / static_cast<double>(all.read().nanoseconds);
    state.SetIterationTime(static_cast<double>(used) * 1e-9);
  }
  state.counters["percent"] = share;
}
BENCHMARK(idle_system)->Apply(bench::nanoseconds)->Iterations(1);

}  // namespace
