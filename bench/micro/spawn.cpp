// What does it cost to spawn an actor, in memory used before and in memory never used, and
// how much of it does an idle actor hold?
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "support/family.hpp"

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

// Resident memory of this process, in bytes.
std::int64_t resident() {
  long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    bench::require(std::fscanf(statm, "%*d %ld", &pages) == 1, "no figure of resident memory");
    std::fclose(statm);
  }
  return std::int64_t{pages} * ::sysconf(_SC_PAGESIZE);
}

struct memory {
  bench::cost spent;
  std::int64_t bytes;
};

template <unsigned Words>
memory spawn_in_new_memory(std::int64_t count) {
  bench::families all(bench::idle<Words>);
  const std::int64_t before = resident();
  const auto spent = all.spawn(count, false);
  return {spent, resident() - before};
}

// In a process of its own each time, for memory is new only once.
template <unsigned Words>
void cold(benchmark::State& state) {
  const std::int64_t count = bench::is_tiny() ? 1'000 : 1'000'000;
  while (state.KeepRunningBatch(count)) {
    int ends[2];
    bench::require(::pipe(ends) == 0, "no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      const memory found = spawn_in_new_memory<Words>(count);
      ::_exit(::write(ends[1], &found, sizeof(found)) == sizeof(found) ? 0 : 1);
    }
    memory found{};
    int status = 1;
    bench::require(::read(ends[0], &found, sizeof(found)) == sizeof(found) &&
                       ::waitpid(child, &status, 0) == child && status == 0,
                   "the child has failed");
    ::close(ends[0]);
    ::close(ends[1]);
    const auto all = static_cast<double>(count);
    state.SetIterationTime(static_cast<double>(found.spent.nanoseconds) * 1e-9);
    state.counters["allocations"] = static_cast<double>(found.spent.allocations) / all;
    state.counters["bytes"] = static_cast<double>(found.bytes) / all;
  }
}
BENCHMARK(cold<2>)->Name("cold/state:16")->Apply(bench::nanoseconds)->Iterations(1);
BENCHMARK(cold<8>)->Name("cold/state:64")->Apply(bench::nanoseconds)->Iterations(1);

}  // namespace
