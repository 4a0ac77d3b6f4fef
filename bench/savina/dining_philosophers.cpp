// How fast do philosophers eat, when one arbitrator gives out the forks, or refuses them?
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Eat {};
struct Denied {};
struct Begin {};
struct Philosopher : casty::protocol<Eat, Denied, Begin> {};

struct Hungry {
  std::size_t seat;
  casty::actor_ref<Philosopher> from;
};
struct Done {
  std::size_t seat;
};
struct Leave {};
struct Start {
  std::size_t seats;
  std::int64_t rounds;
  casty::reply_to<std::int64_t> reply;
};
struct Arbitrator : casty::protocol<Hungry, Done, Leave, Start> {};

casty::behavior<Philosopher> philosopher(std::size_t seat, std::int64_t rounds,
                                         casty::actor_ref<Arbitrator> table) {
  using context = casty::actor_context<Philosopher>;
  return behaviors::with_state<Philosopher>(
      rounds,
      [=](context& ctx, std::int64_t& left, Eat) -> casty::outcome {
        table.tell(Done{seat});
        if (--left > 0) {
          table.tell(Hungry{seat, ctx.self()});
          return behaviors::same;
        }
        table.tell(Leave{});
        return behaviors::stopped;
      },
      [=](context& ctx, const std::int64_t&, Denied) {
        table.tell(Hungry{seat, ctx.self()});
        return behaviors::same;
      },
      [=](context& ctx, const std::int64_t&, Begin) {
        table.tell(Hungry{seat, ctx.self()});
        return behaviors::same;
      });
}

struct table_state {
  std::vector<bool> taken = {};  // forks
  std::size_t seated = 0;
  std::int64_t meals = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void start(casty::actor_context<Arbitrator>& ctx, table_state& of, const Start& m) {
  of.taken.assign(m.seats, false);
  of.seated = m.seats;
  of.reply = m.reply;
  for (std::size_t seat = 0; seat < m.seats; ++seat) {
    ctx.system().spawn(philosopher(seat, m.rounds, ctx.self())).tell(Begin{});
  }
}

casty::behavior<Arbitrator> arbitrator() {
  return behaviors::with_state<Arbitrator>(
      table_state{},
      [](table_state& of, const Hungry& m) {
        auto left = of.taken[m.seat];
        auto right = of.taken[(m.seat + 1) % of.taken.size()];
        if (left || right) {
          m.from.tell(Denied{});
        } else {
          left = true;
          right = true;
          ++of.meals;
          m.from.tell(Eat{});
        }
        return behaviors::same;
      },
      [](table_state& of, Done m) {
        of.taken[m.seat] = false;
        of.taken[(m.seat + 1) % of.taken.size()] = false;
        return behaviors::same;
      },
      [](table_state& of, Leave) -> casty::outcome {
        if (--of.seated > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.meals);
        return behaviors::stopped;
      },
      [](casty::actor_context<Arbitrator>& ctx, table_state& of, const Start& m) {
        start(ctx, of, m);
        return behaviors::same;
      });
}

void dining_philosophers(benchmark::State& state) {
  const std::int64_t seats = bench::size(20, 5);
  const std::int64_t rounds = bench::size(10'000, 20);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto table = system.spawn(arbitrator());
    const std::int64_t meals = system.ask<Start>(table, static_cast<std::size_t>(seats), rounds)
                                   .within(bench::patience)
                                   .get();
    bench::require(meals == seats * rounds, "a meal is missing");
  });
}
BENCHMARK(dining_philosophers)->Apply(bench::on_workers);

}  // namespace
