// What does a simulated second of a cluster of five cost: idle, and with 1000 asks in it?
#include <string>

#include "casty/simulation.hpp"
#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;
namespace simulation = casty::simulation;
using casty::duration;

constexpr unsigned nodes = 5;
constexpr int askers = 10;  // of a node: each has one ask under way
constexpr std::int64_t second = 1'000'000'000;

struct Get {
  std::uint64_t number;
  casty::reply_to<std::uint64_t> reply_to;
};

casty::behavior<Get> echo() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply_to.tell(m.number);
    return behaviors::same;
  });
}

// Asks another node so many times a second.
struct Tick {};
struct Answered {
  std::uint64_t count = 0;
};

casty::behavior<Tick> asker(casty::actor_ref<Get> of, Answered& all) {
  return behaviors::receive<Tick>(
      [=, &all](casty::actor_context<Tick>& ctx, Tick) -> casty::task<casty::behavior<Tick>> {
        all.count += co_await ctx.ask<Get>(of, 1U);
        co_return behaviors::same;
      });
}

void run(benchmark::State& state, std::int64_t asks_a_second) {
  const std::int64_t seconds = bench::is_tiny() ? 1 : 100;
  const simulation::options how{.nodes = nodes, .length = duration::seconds(1)};
  std::uint64_t answered = 0;
  while (state.KeepRunningBatch(seconds)) {
    (void)simulation::run<Answered>(
        how, [](simulation::node& at, Answered&) { at.system().spawn(echo(), "echo"); },
        [&](simulation::cluster& c, Answered& all) {
          for (unsigned each = 0; each < nodes; ++each) {
            casty::clustered_actor_system& here = c[each].system();
            const auto far =
                here.lookup<Get>("/user/echo", simulation::address_of((each + 1) % nodes)).get();
            for (int of = 0; asks_a_second != 0 && of < askers; ++of) {
              here.tick("tick " + std::to_string(of), here.spawn(asker(far, all)), Tick{},
                        duration::nanoseconds(second * nodes * askers / asks_a_second));
            }
          }
          const bench::meter begun;
          c.run_for(duration::seconds(seconds));
          state.SetIterationTime(static_cast<double>(begun.read().nanoseconds) * 1e-9);
          answered = all.count;
        });
  }
  bench::require(static_cast<std::int64_t>(answered) >= asks_a_second * seconds * 9 / 10,
                 "the cluster does not answer");
}

void idle_cluster(benchmark::State& state) { run(state, 0); }
BENCHMARK(idle_cluster)->Apply(bench::nanoseconds);

void busy_cluster(benchmark::State& state) { run(state, 1000); }
BENCHMARK(busy_cluster)->Apply(bench::nanoseconds);

}  // namespace
