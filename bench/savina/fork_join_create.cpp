// What does it cost to create actors that get one message each, and end?
#include <cmath>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Done {
  double result;
};
struct Work {
  double angle;
  casty::actor_ref<Done> from;
};

casty::behavior<Work> worker() {
  return behaviors::receive<Work>([](const Work& m) {
    const double sine = std::sin(m.angle);
    m.from.tell(Done{sine * sine});
    return behaviors::stopped;
  });
}

struct Fork {
  std::int64_t actors;
  casty::reply_to<double> reply;
};
struct Forker : casty::protocol<Done, Fork> {};

struct joining {
  std::int64_t left = 0;
  double sum = 0;
  std::optional<casty::reply_to<double>> reply = {};
};

casty::behavior<Forker> forker() {
  return behaviors::with_state<Forker>(
      joining{},
      [](joining& of, Done m) -> casty::outcome {
        of.sum += m.result;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.sum);
        return behaviors::stopped;
      },
      [](casty::actor_context<Forker>& ctx, joining& of, const Fork& m) {
        of.left = m.actors;
        of.reply = m.reply;
        for (std::int64_t each = 0; each < m.actors; ++each) {
          ctx.system().spawn(worker()).tell(Work{37.2, ctx.self()});
        }
        return behaviors::same;
      });
}

void fork_join_create(benchmark::State& state) {
  const std::int64_t actors = bench::size(40'000, 100);
  const double expected = static_cast<double>(actors) * std::sin(37.2) * std::sin(37.2);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(forker());
    const double sum = system.ask<Fork>(root, actors).within(bench::patience).get();
    bench::require(std::abs(sum - expected) < 1e-6 * expected, "an actor has not worked");
  });
}
BENCHMARK(fork_join_create)->Apply(bench::on_workers);

}  // namespace
