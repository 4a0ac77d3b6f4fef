// What does an event cost that an entity persists in memory, command and all?
#include "support/entity.hpp"

namespace {

void persist_memory(benchmark::State& state) {
  bench::measure(state, 1, 1'000'000, [](std::int64_t count) {
    return bench::persist_all(casty::in_memory_journal(), 1, count);
  });
}
BENCHMARK(persist_memory)->Apply(bench::nanoseconds);

}  // namespace
