// How many messages do a few actors take that are sent to them in turn?
#include <cmath>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Done {
  double sum;
};
struct Work {
  double angle;
};

// Takes `left` messages, says what came of them, and ends.
casty::behavior<Work> worker(std::int64_t left, casty::actor_ref<Done> to) {
  struct progress {
    std::int64_t left;
    double sum = 0;
  };
  return behaviors::with_state<Work>(progress{left}, [to](progress& of, Work m) -> casty::outcome {
    const double sine = std::sin(m.angle);
    of.sum += sine * sine;
    if (--of.left > 0) {
      return behaviors::same;
    }
    to.tell(Done{of.sum});
    return behaviors::stopped;
  });
}

struct Fork {
  std::int64_t actors;
  std::int64_t messages;  // to each of them
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
        of.sum += m.sum;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.sum);
        return behaviors::stopped;
      },
      [](casty::actor_context<Forker>& ctx, joining& of, const Fork& m) {
        of.left = m.actors;
        of.reply = m.reply;
        std::vector<casty::actor_ref<Work>> workers;
        for (std::int64_t each = 0; each < m.actors; ++each) {
          workers.push_back(ctx.system().spawn(worker(m.messages, ctx.self())));
        }
        for (std::int64_t each = 0; each < m.messages; ++each) {
          for (const auto& to : workers) {
            to.tell(Work{37.2});
          }
        }
        return behaviors::same;
      });
}

void fork_join_throughput(benchmark::State& state) {
  const std::int64_t actors = bench::size(60, 4);
  const std::int64_t messages = bench::size(10'000, 100);
  const double expected = static_cast<double>(actors * messages) * std::sin(37.2) * std::sin(37.2);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(forker());
    const double sum = system.ask<Fork>(root, actors, messages).within(bench::patience).get();
    bench::require(std::abs(sum - expected) < 1e-6 * expected, "a message is missing");
  });
}
BENCHMARK(fork_join_throughput)->Apply(bench::on_workers);

}  // namespace
