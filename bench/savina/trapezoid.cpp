// What does it cost to integrate a function by actors that take a part of the interval each?
#include <cmath>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

double f(double x) {
  return 1 / (x + 1) * std::sqrt(1 + std::exp(std::sqrt(2 * x))) * std::sin(x * x * x - 1);
}

double area(double from, double width, std::int64_t pieces) {
  double sum = 0;
  for (std::int64_t each = 0; each < pieces; ++each) {
    const double left = from + static_cast<double>(each) * width;
    sum += (f(left) + f(left + width)) / 2 * width;
  }
  return sum;
}

struct Result {
  double area;
};
struct Work {
  double from;
  double width;
  std::int64_t pieces;
  casty::actor_ref<Result> to;
};

casty::behavior<Work> worker() {
  return behaviors::receive<Work>([](const Work& m) {
    m.to.tell(Result{area(m.from, m.width, m.pieces)});
    return behaviors::stopped;
  });
}

struct Start {
  double from;
  double until;
  std::int64_t pieces;  // a multiple of `workers`
  std::int64_t workers;
  casty::reply_to<double> reply;
};
struct Master : casty::protocol<Result, Start> {};

struct master_state {
  std::int64_t left = 0;
  double area = 0;
  std::optional<casty::reply_to<double>> reply = {};
};

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& of, Result m) -> casty::outcome {
        of.area += m.area;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.area);
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        of.left = m.workers;
        of.reply = m.reply;
        const std::int64_t pieces = m.pieces / m.workers;
        const double part = (m.until - m.from) / static_cast<double>(m.workers);
        for (std::int64_t each = 0; each < m.workers; ++each) {
          const double from = m.from + static_cast<double>(each) * part;
          const double width = part / static_cast<double>(pieces);
          ctx.system().spawn(worker()).tell(Work{from, width, pieces, ctx.self()});
        }
        return behaviors::same;
      });
}

void trapezoid(benchmark::State& state) {
  const std::int64_t pieces = bench::size(2'000'000, 1'000);
  const std::int64_t workers = bench::size(100, 4);
  const double expected = area(1, 4.0 / static_cast<double>(pieces), pieces);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const double found =
        system.ask<Start>(root, 1.0, 5.0, pieces, workers).within(bench::patience).get();
    bench::require(std::abs(found - expected) < 1e-9, "the area is wrong");
  });
}
BENCHMARK(trapezoid)->Apply(bench::on_workers);

}  // namespace
