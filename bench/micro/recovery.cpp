// What does an event cost that an entity replays as it starts: from memory, from SQLite?
#include "support/entity.hpp"
#include "support/folder.hpp"
#include "support/resident.hpp"

namespace {

void fill(const casty::journal& journal, std::int64_t count) {
  constexpr std::int64_t at_once = 100;
  casty::actor_system system(bench::one_worker());
  const auto entity = system.spawn(bench::counter("entity 0", journal));
  for (std::int64_t each = 0; each < count; each += at_once) {
    entity.tell(bench::Fill{at_once});
  }
  const auto sum = system.ask<bench::Get>(entity).within(bench::patience).get();
  bench::require(sum == count, "an event is missing");
}

bench::cost recover(const casty::journal& journal, std::int64_t count) {
  casty::actor_system system(bench::one_worker());
  const bench::meter all;
  const auto entity = system.spawn(bench::counter("entity 0", journal));
  const auto sum = system.ask<bench::Get>(entity).within(bench::patience).get();
  const auto spent = all.read();
  bench::require(sum == count, "an event is missing");
  return spent;
}

// Recovery reads page by page: it needs memory for the state, not for the events.
constexpr std::int64_t grown_max = 16 * 1024 * 1024;

void run(benchmark::State& state, const casty::journal& journal) {
  const std::int64_t events = bench::is_tiny() ? 100 : 1'000'000;
  fill(journal, events);
  const std::int64_t before = bench::resident();
  while (state.KeepRunningBatch(events)) {
    state.SetIterationTime(static_cast<double>(recover(journal, events).nanoseconds) * 1e-9);
  }
  bench::require(bench::resident() - before < grown_max,
                 "recovery keeps the events in memory");
}

void from_memory(benchmark::State& state) { run(state, casty::in_memory_journal()); }
BENCHMARK(from_memory)->Apply(bench::nanoseconds);

void from_sqlite(benchmark::State& state) {
  const support::folder in;
  run(state, casty::sqlite_journal(in.file("journal.sqlite"),
                                   {.waits_for_disk = false, .group_max = 4096}));
}
BENCHMARK(from_sqlite)->Apply(bench::nanoseconds);

}  // namespace
