// What does an actor cost: to spawn, to stop, to watch, and to keep?
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "allocations.hpp"
#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;

constexpr casty::duration patience = casty::duration::seconds(60);

struct Nudge {};

// 16 bytes of state, as two captures of eight.
behavior<Nudge> idle(std::int64_t one, std::int64_t two) {
  return behaviors::receive<Nudge>([one, two](Nudge) { return idle(one + 1, two - 1); });
}

struct Spawn {
  std::int64_t count;
  casty::reply_to<std::int64_t> reply_to;
};
struct StopAll {
  casty::reply_to<std::int64_t> reply_to;
};
struct Parent : casty::protocol<Spawn, StopAll, casty::terminated> {};

struct Children {
  std::vector<casty::actor_ref<Nudge>> all = {};
  std::int64_t gone = 0;
  std::vector<casty::reply_to<std::int64_t>> asker = {};
};

behavior<Parent> parent(bool watches) {
  return behaviors::with_state<Parent>(
      Children{},
      [watches](casty::actor_context<Parent>& ctx, Children& mine, const Spawn& m) {
        for (std::int64_t each = 0; each < m.count; ++each) {
          mine.all.push_back(ctx.spawn(idle(each, -each)));
          if (watches) {
            ctx.watch(mine.all.back());
          }
        }
        m.reply_to.tell(m.count);
        return behaviors::same;
      },
      [](casty::actor_context<Parent>& ctx, Children& mine, const StopAll& m) {
        for (const auto& each : mine.all) {
          ctx.stop(each);
        }
        mine.asker.push_back(m.reply_to);
        return behaviors::same;
      },
      [](Children& mine, const casty::terminated&) {
        if (++mine.gone == static_cast<std::int64_t>(mine.all.size())) {
          mine.asker.front().tell(mine.gone);
          mine = Children{};
        }
        return behaviors::same;
      });
}

void spawn_and_stop(benchmark::State& state) {
  constexpr std::int64_t actors = 10'000;
  casty::actor_system system({.name = "bench", .workers = 1});
  const auto cycle = [&] {
    const auto root = system.spawn(parent(false));
    const auto made = system.ask<Spawn>(root, actors).within(patience).get();
    system.stop(root);
    system.drain(patience);
    return made;
  };
  cycle();
  const bench::stretch stretch(state, actors);
  for (auto _ : state) {
    if (cycle() != actors) {
      state.SkipWithError("actors were lost");
    }
  }
}
BENCHMARK(spawn_and_stop)
    ->Name("spawn and stop")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void watched(benchmark::State& state) {
  constexpr std::int64_t actors = 10'000;
  casty::actor_system system({.name = "bench", .workers = 1});
  const auto root = system.spawn(parent(true));
  const auto cycle = [&] {
    (void)system.ask<Spawn>(root, actors).within(patience).get();
    return system.ask<StopAll>(root).within(patience).get();
  };
  cycle();
  const bench::stretch stretch(state, actors);
  for (auto _ : state) {
    if (cycle() != actors) {
      state.SkipWithError("ends were lost");
    }
  }
}
BENCHMARK(watched)
    ->Name("spawn, watch, stop, terminated")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

std::int64_t resident_bytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  long total = 0;
  long resident = 0;
  if (file == nullptr || std::fscanf(file, "%ld %ld", &total, &resident) != 2) {
    resident = 0;
  }
  if (file != nullptr) {
    std::fclose(file);
  }
  return resident * ::sysconf(_SC_PAGESIZE);
}

struct SpawnOnly {
  std::int64_t count;
  casty::reply_to<std::int64_t> reply_to;
};

// Cold: each of the million touches memory for the first time.
void million(benchmark::State& state) {
  const std::int64_t actors = state.range(0);
  for (auto _ : state) {
    casty::actor_system system({.name = "bench", .workers = 1});
    const auto root =
        system.spawn(behaviors::receive<SpawnOnly>([](auto& ctx, const SpawnOnly& m) {
          for (std::int64_t each = 0; each < m.count; ++each) {
            ctx.spawn(idle(each, -each));
          }
          m.reply_to.tell(m.count);
          return behaviors::same;
        }));
    const std::int64_t before = resident_bytes();
    if (system.ask<SpawnOnly>(root, actors).within(patience).get() != actors) {
      state.SkipWithError("actors were lost");
    }
    state.counters["bytes/actor"] =
        static_cast<double>(resident_bytes() - before) / static_cast<double>(actors);
    state.PauseTiming();
    system.stop(root);
    system.drain(patience);
    state.ResumeTiming();
  }
}
BENCHMARK(million)
    ->Name("spawn a million, cold")
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
