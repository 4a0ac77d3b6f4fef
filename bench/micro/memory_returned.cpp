// How much of the memory that a million idle actors hold is returned after their end, and how
// soon?
#include <thread>

#include "support/family.hpp"
#include "support/resident.hpp"

namespace {

struct memory {
  double percent;       // of the growth that is returned
  std::int64_t waited;  // nanoseconds after the end of the last actor
};

// The system returns memory when its workers have been idle for a moment.
constexpr std::chrono::seconds longest(5);
constexpr double wanted = 80;

memory spawn_and_stop(std::int64_t count) {
  bench::families all(bench::idle<2>);
  const std::int64_t before = bench::resident();
  (void)all.spawn(count, false);
  const std::int64_t grown = bench::resident() - before;
  all.end();
  const bench::meter since;
  memory found{};
  do {
    found.percent = 100 * (1 - static_cast<double>(bench::resident() - before) /
                                   static_cast<double>(std::max<std::int64_t>(grown, 1)));
    found.waited = since.read().nanoseconds;
    if (found.percent >= wanted || bench::is_tiny()) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  } while (std::chrono::nanoseconds(found.waited) < longest);
  return found;
}

// The time is that until 80 percent were returned, or five seconds.
void memory_returned(benchmark::State& state) {
  const std::int64_t count = bench::is_tiny() ? 1'000 : 1'000'000;
  for (auto each : state) {
    (void)each;
    const auto found = bench::in_a_new_process<memory>([=] { return spawn_and_stop(count); });
    state.SetIterationTime(static_cast<double>(found.waited) * 1e-9);
    state.counters["percent"] = found.percent;
  }
}
BENCHMARK(memory_returned)->Apply(bench::nanoseconds)->Iterations(1);

}  // namespace
