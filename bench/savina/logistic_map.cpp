// What does it cost to advance series of numbers whose next terms other actors are asked for?
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

double next(double rate, double term) { return rate * term * (1 - term); }

struct Compute {
  double term;
  casty::reply_to<double> reply;
};
struct Exit {};
struct Computer : casty::protocol<Compute, Exit> {};

casty::behavior<Computer> computer(double rate) {
  return behaviors::receive<Computer>(
      [rate](const Compute& m) {
        m.reply.tell(next(rate, m.term));
        return behaviors::same;
      },
      [](Exit) { return behaviors::stopped; });
}

struct Advance {};
struct Term {
  double value;
};
struct GetTerm {
  casty::actor_ref<Term> to;
};
struct Series : casty::protocol<Advance, GetTerm> {};

// Takes nothing else while it waits for the next term.
casty::behavior<Series> series(double first, casty::actor_ref<Computer> from) {
  return behaviors::with_state<Series>(
      first,
      [from](casty::actor_context<Series>& ctx, double& term,
             Advance) -> casty::task<casty::behavior<Series>> {
        term = co_await ctx.ask<Compute>(from, term);
        co_return behaviors::same;
      },
      [from](const double& term, const GetTerm& m) {
        m.to.tell(Term{term});
        from.tell(Exit{});
        return behaviors::stopped;
      });
}

struct setting {
  int series;
  int terms;
};
struct Start {
  setting of;
  casty::reply_to<double> reply;
};
struct Master : casty::protocol<Term, Start> {};

double rate_of(int number) { return 3.46 + 0.0025 * number; }
double first_of(int number) { return (number + 1) * 0.0025; }

// What is to come out, without actors.
double by_hand(const setting& of) {
  double sum = 0;
  for (int number = 0; number < of.series; ++number) {
    double term = first_of(number);
    for (int each = 0; each < of.terms; ++each) {
      term = next(rate_of(number), term);
    }
    sum += term;
  }
  return sum;
}

struct master_state {
  int left = 0;
  double sum = 0;
  std::optional<casty::reply_to<double>> reply = {};
};

void start(casty::actor_context<Master>& ctx, master_state& now, const Start& m) {
  now.left = m.of.series;
  now.reply = m.reply;
  std::vector<casty::actor_ref<Computer>> computers;
  for (int number = 0; number < m.of.series; ++number) {
    computers.push_back(ctx.system().spawn(computer(rate_of(number))));
  }
  std::vector<casty::actor_ref<Series>> all;
  for (int number = 0; number < m.of.series; ++number) {
    const auto& from = computers[static_cast<std::size_t>(number)];
    all.push_back(ctx.system().spawn(series(first_of(number), from)));
  }
  for (int each = 0; each < m.of.terms; ++each) {
    for (const auto& to : all) {
      to.tell(Advance{});
    }
  }
  for (const auto& to : all) {
    to.tell(GetTerm{ctx.self()});
  }
}

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& now, Term m) -> casty::outcome {
        now.sum += m.value;
        if (--now.left > 0) {
          return behaviors::same;
        }
        now.reply->tell(now.sum);
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& now, const Start& m) {
        start(ctx, now, m);
        return behaviors::same;
      });
}

void logistic_map(benchmark::State& state) {
  const setting of{static_cast<int>(bench::size(10, 4)), static_cast<int>(bench::size(25'000, 50))};
  const double expected = by_hand(of);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const double sum = system.ask<Start>(root, of).within(bench::patience).get();
    bench::require(sum > expected - 1e-9 && sum < expected + 1e-9, "a term is wrong");
  });
}
BENCHMARK(logistic_map)->Apply(bench::on_workers);

}  // namespace
