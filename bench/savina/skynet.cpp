// What does a tree of actors cost, whose million leaves send their numbers up to be summed?
#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using Sum = std::int64_t;
struct Begin {
  std::int64_t first;
  std::int64_t leaves;
  casty::reply_to<std::int64_t> reply;
};
struct Node : casty::protocol<Sum, Begin> {};

constexpr std::int64_t fan = 10;

struct summing {
  std::int64_t left = 0;  // children to answer
  std::int64_t sum = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

// The children of the root go round the workers, all others live with their parents.
casty::behavior<Node> node(bool root) {
  return behaviors::with_state<Node>(
      summing{},
      [](summing& of, Sum m) -> casty::outcome {
        of.sum += m;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(of.sum);
        return behaviors::stopped;
      },
      [root](casty::actor_context<Node>& ctx, summing& of, const Begin& m) -> casty::outcome {
        if (m.leaves == 1) {
          m.reply.tell(m.first);
          return behaviors::stopped;
        }
        of.left = fan;
        of.reply = m.reply;
        const std::int64_t each = m.leaves / fan;
        for (std::int64_t number = 0; number < fan; ++number) {
          const auto child = root ? ctx.system().spawn(node(false)) : ctx.spawn(node(false));
          child.tell(Begin{m.first + number * each, each, ctx.self()});
        }
        return behaviors::same;
      });
}

void skynet(benchmark::State& state) {
  const std::int64_t leaves = bench::size(1'000'000, 1'000);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(node(true));
    const std::int64_t sum = system.ask<Begin>(root, 0, leaves).within(bench::patience).get();
    bench::require(sum == leaves * (leaves - 1) / 2, "a leaf is missing");
  });
}
BENCHMARK(skynet)->Apply(bench::on_workers);

}  // namespace
