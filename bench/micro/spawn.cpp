// What does it cost to spawn an actor, in memory used before and in memory never used, and
// how much of it does an idle actor hold?
#include "support/family.hpp"
#include "support/resident.hpp"

namespace {

void warm(benchmark::State& state) {
  bench::families all(bench::idle<2>);
  bench::measure(state, 1, 1'000, [&](std::int64_t count) {
    const auto spent = all.spawn(count, false);
    all.end();
    return spent;
  });
}
BENCHMARK(warm)->Apply(bench::nanoseconds);

struct memory {
  bench::cost spent;
  std::int64_t bytes;
};

template <unsigned Words>
memory spawn_in_new_memory(std::int64_t count) {
  bench::families all(bench::idle<Words>);
  const std::int64_t before = bench::resident();
  const auto spent = all.spawn(count, false);
  return {spent, bench::resident() - before};
}

template <unsigned Words>
void cold(benchmark::State& state) {
  const std::int64_t count = bench::is_tiny() ? 1'000 : 1'000'000;
  while (state.KeepRunningBatch(count)) {
    const auto found =
        bench::in_a_new_process<memory>([=] { return spawn_in_new_memory<Words>(count); });
    const auto all = static_cast<double>(count);
    state.SetIterationTime(static_cast<double>(found.spent.nanoseconds) * 1e-9);
    state.counters["allocations"] = static_cast<double>(found.spent.allocations) / all;
    state.counters["bytes"] = static_cast<double>(found.bytes) / all;
  }
}
BENCHMARK(cold<2>)->Name("cold/state:16")->Apply(bench::nanoseconds)->Iterations(1);
BENCHMARK(cold<8>)->Name("cold/state:64")->Apply(bench::nanoseconds)->Iterations(1);

}  // namespace
