/// @file
/// A whole program of actors as one operation, on one worker and on two.
#pragma once

#include <vector>

#include "support/meter.hpp"

namespace bench {

/// A size of a program: the one of its figures, or the one of its test.
[[nodiscard]] inline std::int64_t size(std::int64_t measured, std::int64_t tiny) noexcept {
  return is_tiny() ? tiny : measured;
}

/// Options of a system on as many workers as the bench's argument says.
[[nodiscard]] inline casty::system_options with_workers(const benchmark::State& state) {
  return {.name = "bench",
          .workers = static_cast<unsigned>(state.range(0)),
          .log = casty::log_level::warning};
}

/// Runs `run(system)` until the figures are good. It spawns its actors, waits for their
/// result, checks it, and leaves no actor behind; what they still do then is not timed.
/// Items are messages handled.
template <class Run>
void measure_whole(benchmark::State& state, Run run) {
  casty::actor_system system(with_workers(state));
  const auto run_once = [&] {
    const meter all;
    run(system);
    const cost spent = all.read();
    require(system.drain(patience), "the program does not come to rest");
    return spent;
  };
  (void)run_once();  // the pools grow to what is needed
  const std::uint64_t before = system.counts().handled;
  std::uint64_t allocated = 0;
  while (state.KeepRunning()) {
    const cost spent = run_once();
    allocated += spent.allocations;
    state.SetIterationTime(static_cast<double>(spent.nanoseconds) * 1e-9);
  }
  require(system.counts().dead == 0, "a message has not found its actor");
  state.SetItemsProcessed(static_cast<std::int64_t>(system.counts().handled - before));
  state.counters["allocations"] =
      static_cast<double>(allocated) / static_cast<double>(state.iterations());
}

/// How whole programs report: milliseconds of one run, and the least of the repetitions.
inline void on_workers(benchmark::internal::Benchmark* bench) {
  nanoseconds(bench);
  bench->Unit(benchmark::kMillisecond)->ArgName("workers")->Arg(1)->Arg(2);
}

}  // namespace bench
