// What does it cost to watch an actor, and to be told of its end?
#include "support/family.hpp"

namespace {

void watch(benchmark::State& state) {
  bench::families all(bench::idle<2>);
  bench::measure(state, 1, 1'000, [&](std::int64_t count) {
    (void)all.spawn(count, true);
    const auto spent = all.watch();
    (void)all.stop(true);
    all.end();
    return spent;
  });
}
BENCHMARK(watch)->Apply(bench::nanoseconds);

// With the stop that is the reason.
void stop_and_terminated(benchmark::State& state) {
  bench::families all(bench::idle<2>);
  bench::measure(state, 1, 1'000, [&](std::int64_t count) {
    (void)all.spawn(count, true);
    (void)all.watch();
    const auto spent = all.stop(true);
    all.end();
    return spent;
  });
}
BENCHMARK(stop_and_terminated)->Apply(bench::nanoseconds);

}  // namespace
