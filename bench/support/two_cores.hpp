/// @file
/// A system whose two workers keep to a core each, and the unit of what goes between them: L,
/// the time a cache line takes from one core to the other.
#pragma once

#include <array>

#include "support/meter.hpp"

namespace bench {

/// Two cores that this process may use; the same one twice where it may use one only.
[[nodiscard]] std::array<int, 2> two_cores() noexcept;

/// Ties the calling thread to a core.
void keep_to(int core) noexcept;

/// L in nanoseconds: the median of many short stretches in which two threads, each on a core
/// of its own, hand a line to each other. Takes a few milliseconds.
[[nodiscard]] double line_transfer();

struct Settle {
  int core;
  casty::reply_to<unsigned long> reply;  // the thread that it runs on
};
[[nodiscard]] casty::behavior<Settle> settler();

/// Two workers, each on a core of its own. Actors without a parent go round them in order, the
/// next one to the first worker.
class two_workers {
 public:
  two_workers();

  casty::actor_system system{{.name = "bench", .workers = 2, .log = casty::log_level::warning}};
};

/// As `measure`, with L taken just before and just after each run: `L` is their mean in
/// nanoseconds, `in_L` the time of one operation in that unit.
template <class Run>
void measure_in_lines(benchmark::State& state, std::int64_t step, std::int64_t most, Run run) {
  if (two_cores()[0] == two_cores()[1]) {
    state.SkipWithError("one core only");
    return;
  }
  const std::int64_t wanted = std::min<std::int64_t>(state.max_iterations, most);
  const std::int64_t count = std::max<std::int64_t>(1, wanted / step) * step;
  (void)run(count);
  double lines = 0;
  double nanoseconds = 0;
  std::int64_t runs = 0;
  while (state.KeepRunningBatch(count)) {
    const double before = line_transfer();
    const cost spent = run(count);
    lines += (before + line_transfer()) / 2;
    nanoseconds += static_cast<double>(spent.nanoseconds);
    ++runs;
    state.SetIterationTime(static_cast<double>(spent.nanoseconds) * 1e-9);
  }
  const double line = lines / static_cast<double>(runs);
  state.counters["L"] = line;
  state.counters["in_L"] = nanoseconds / static_cast<double>(state.iterations()) / line;
}

}  // namespace bench
