// How long does it take until the end of a hundred thousand actors is told to the one that
// watches them all?
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Stop {};
struct Watched : casty::protocol<Stop> {};

casty::behavior<Watched> watched() {
  return behaviors::receive<Watched>([](Stop) { return behaviors::stopped; });
}

struct Prepare {
  std::int64_t actors;
  casty::reply_to<std::int64_t> reply;
};
struct Begin {
  casty::reply_to<std::int64_t> reply;  // how many have ended
};
struct Watcher : casty::protocol<Prepare, Begin, casty::terminated> {};

struct watching {
  std::vector<casty::actor_ref<Watched>> all = {};
  std::int64_t told = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

casty::behavior<Watcher> watcher() {
  using context = casty::actor_context<Watcher>;
  return behaviors::with_state<Watcher>(
      watching{},
      [](context& ctx, watching& of, const Prepare& m) {
        for (std::int64_t each = 0; each < m.actors; ++each) {
          of.all.push_back(ctx.system().spawn(watched()));
          ctx.watch(of.all.back());
        }
        m.reply.tell(m.actors);
        return behaviors::same;
      },
      [](watching& of, const Begin& m) {
        of.reply = m.reply;
        for (const auto& each : of.all) {
          each.tell(Stop{});
        }
        return behaviors::same;
      },
      [](watching& of, const casty::terminated&) -> casty::outcome {
        if (++of.told < static_cast<std::int64_t>(of.all.size())) {
          return behaviors::same;
        }
        of.reply->tell(of.told);
        return behaviors::stopped;
      });
}

// To spawn and to watch them is not timed.
void watched_stops(benchmark::State& state) {
  const std::int64_t actors = bench::size(100'000, 1'000);
  casty::actor_system system(bench::with_workers(state));
  while (state.KeepRunning()) {
    const auto root = system.spawn(watcher());
    bench::require(system.ask<Prepare>(root, actors).within(bench::patience).get() == actors &&
                       system.drain(bench::patience),
                   "an actor is missing");
    const bench::meter all;
    const std::int64_t told = system.ask<Begin>(root).within(bench::patience).get();
    const auto spent = all.read();
    bench::require(told == actors && system.drain(bench::patience), "an end was not told");
    state.SetIterationTime(static_cast<double>(spent.nanoseconds) * 1e-9);
  }
}
BENCHMARK(watched_stops)->Apply(bench::on_workers);

}  // namespace
