// How much faster are two workers than one, when all actors are children of one actor and so
// begin on its worker?
#include <vector>

#include "support/two_cores.hpp"
#include "support/work.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Work {
  std::int64_t left;
};
struct Done {};
struct Start {
  std::int64_t rounds;
  casty::reply_to<bench::cost> reply;
};
struct Parent : casty::protocol<Done, Start> {};

// Some ten microseconds of the processor.
constexpr int units = 1'150;

casty::behavior<Work> child(unsigned seed, casty::actor_ref<Parent> to) {
  struct drawing {
    std::minstd_rand random;
    double sum = 0;
  };
  return behaviors::with_state<Work>(drawing{std::minstd_rand(seed)},
                                     [to](casty::actor_context<Work>& ctx, drawing& of, Work m) {
                                       of.sum += bench::work(units, of.random);
                                       bench::require(of.sum > 0, "no work was done");
                                       if (m.left > 1) {
                                         ctx.self().tell(Work{m.left - 1});
                                       } else {
                                         to.tell(Done{});
                                       }
                                       return behaviors::same;
                                     });
}

struct crowd {
  std::int64_t size;
  std::int64_t left = 0;
  bench::lap lap = {};
};

casty::behavior<Parent> parent(crowd& of) {
  return behaviors::setup<Parent>([&of](casty::actor_context<Parent>& ctx) {
    std::vector<casty::actor_ref<Work>> children;
    for (std::int64_t each = 0; each < of.size; ++each) {
      children.push_back(ctx.spawn(child(static_cast<unsigned>(each + 1), ctx.self())));
    }
    return behaviors::receive<Parent>(
        [&of](Done) {
          if (--of.left == 0) {
            of.lap.end();
          }
          return behaviors::same;
        },
        [&of, children](const Start& m) {
          of.left = of.size;
          of.lap.begin(m.reply);
          for (const auto& each : children) {
            each.tell(Work{m.rounds});
          }
          return behaviors::same;
        });
  });
}

bench::cost run(unsigned workers, std::int64_t rounds) {
  crowd of{64};
  casty::actor_system system(
      {.name = "bench", .workers = workers, .log = casty::log_level::warning});
  const auto root = system.spawn(parent(of));
  const auto spent = system.ask<Start>(root, rounds).within(bench::patience).get();
  bench::require(of.left == 0, "a child has not ended");
  return spent;
}

// One after the other, so that whatever else runs disturbs both alike. The time is that of one
// handler on two workers.
void imbalance(benchmark::State& state) {
  // Some 400 ms: a virtual machine's second core is given in full only after tens of them.
  const std::int64_t rounds = bench::is_tiny() ? 2 : 1000;
  double alone = 0;
  double both = 0;
  while (state.KeepRunningBatch(64 * rounds)) {
    alone += static_cast<double>(run(1, rounds).nanoseconds);
    const auto spent = run(2, rounds);
    both += static_cast<double>(spent.nanoseconds);
    state.SetIterationTime(static_cast<double>(spent.nanoseconds) * 1e-9);
  }
  state.counters["speedup"] = alone / both;
}
BENCHMARK(imbalance)->Apply(bench::nanoseconds);

}  // namespace
