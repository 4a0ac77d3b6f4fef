// How fast does an arbiter go from one smoker, chosen at random, to the next, while they smoke?
#include <random>
#include <vector>

#include "support/whole.hpp"
#include "support/work.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Smoke {
  int units;  // how long
};
struct Exit {};
struct Smoker : casty::protocol<Smoke, Exit> {};

struct Started {};
struct Ended {
  std::int64_t smoked;
};
struct Start {
  std::int64_t smokers;
  std::int64_t rounds;
  casty::reply_to<std::int64_t> reply;
};
struct Arbiter : casty::protocol<Started, Ended, Start> {};

struct smoker_state {
  std::minstd_rand random;
  std::int64_t smoked = 0;
  double last = 0;
};

casty::behavior<Smoker> smoker(unsigned number, casty::actor_ref<Arbiter> arbiter) {
  return behaviors::with_state<Smoker>(
      smoker_state{std::minstd_rand(number + 1)},
      [arbiter](smoker_state& of, Smoke m) {
        arbiter.tell(Started{});
        of.last += bench::work(m.units, of.random);
        ++of.smoked;
        return behaviors::same;
      },
      [arbiter](smoker_state& of, Exit) {
        bench::require(of.last >= 0, "a smoke is less than nothing");
        arbiter.tell(Ended{of.smoked});
        return behaviors::stopped;
      });
}

struct arbiter_state {
  std::minstd_rand random = std::minstd_rand(1);
  std::vector<casty::actor_ref<Smoker>> smokers = {};
  std::int64_t left = 0;  // rounds
  std::size_t ended = 0;
  std::int64_t smoked = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void choose(arbiter_state& of) {
  constexpr unsigned units_most = 100;
  --of.left;
  const std::size_t chosen = of.random() % of.smokers.size();
  of.smokers[chosen].tell(Smoke{static_cast<int>(of.random() % units_most)});
}

casty::behavior<Arbiter> arbiter() {
  return behaviors::with_state<Arbiter>(
      arbiter_state{},
      [](arbiter_state& of, Started) {
        if (of.left > 0) {
          choose(of);
        } else {
          for (const auto& each : of.smokers) {
            each.tell(Exit{});
          }
        }
        return behaviors::same;
      },
      [](arbiter_state& of, Ended m) -> casty::outcome {
        of.smoked += m.smoked;
        if (++of.ended < of.smokers.size()) {
          return behaviors::same;
        }
        of.reply->tell(of.smoked);
        return behaviors::stopped;
      },
      [](casty::actor_context<Arbiter>& ctx, arbiter_state& of, const Start& m) {
        of.left = m.rounds;
        of.reply = m.reply;
        for (std::int64_t each = 0; each < m.smokers; ++each) {
          const auto number = static_cast<unsigned>(each);
          of.smokers.push_back(ctx.system().spawn(smoker(number, ctx.self())));
        }
        choose(of);
        return behaviors::same;
      });
}

void cigarette_smokers(benchmark::State& state) {
  const std::int64_t smokers = bench::size(200, 5);
  const std::int64_t rounds = bench::size(20'000, 50);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(arbiter());
    const std::int64_t smoked =
        system.ask<Start>(root, smokers, rounds).within(bench::patience).get();
    bench::require(smoked == rounds, "a round is missing");
  });
}
BENCHMARK(cigarette_smokers)->Apply(bench::on_workers);

}  // namespace
