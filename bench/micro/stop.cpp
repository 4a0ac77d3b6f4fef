// What does it cost to stop an actor?
#include "support/family.hpp"

namespace {

void stop(benchmark::State& state) {
  bench::families all(bench::idle<2>);
  bench::measure(state, 1, 1'000, [&](std::int64_t count) {
    (void)all.spawn(count, true);
    const auto spent = all.stop(false);
    all.end();
    return spent;
  });
}
BENCHMARK(stop)->Apply(bench::nanoseconds);

}  // namespace
