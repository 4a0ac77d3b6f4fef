// What does a hop cost round a ring of actors that know the next one?
#include <vector>

#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Token {
  std::int64_t left;
};
struct Node;
struct Join {
  casty::actor_ref<Node> next;
};
struct Go {
  std::int64_t hops;
  casty::reply_to<bench::cost> reply;
};
struct Node : casty::protocol<Token, Join, Go> {};

struct race {
  std::int64_t running = 0;  // tokens
  bench::lap lap;
};

casty::behavior<Node> node(race& of, casty::actor_ref<Node> next) {
  return behaviors::receive<Node>(
      [&of, next](Token m) {
        if (m.left > 0) {
          next.tell(Token{m.left - 1});
        } else if (--of.running == 0) {
          of.lap.end();
        }
        return behaviors::same;
      },
      [&of](const Join& m) { return node(of, m.next); },
      [&of, next](const Go& m) {
        of.lap.begin(m.reply);
        for (std::int64_t token = 0; token < of.running; ++token) {
          next.tell(Token{m.hops - 1});
        }
        return behaviors::same;
      });
}

casty::behavior<Node> alone(race& of) {
  return behaviors::receive<Node>(behaviors::ignore<Token, Go>,
                                  [&of](const Join& m) { return node(of, m.next); });
}

// Arguments: members of the ring, tokens that run round it.
void ring(benchmark::State& state) {
  race of;
  casty::actor_system system(bench::one_worker());
  const auto first = system.spawn(alone(of));
  auto next = first;
  for (std::int64_t member = 1; member < state.range(0); ++member) {
    next = system.spawn(node(of, next));
  }
  first.tell(Join{next});
  const std::int64_t tokens = state.range(1);
  bench::measure(state, tokens, 1'000'000, [&](std::int64_t hops) {
    of.running = tokens;
    bench::require(system.drain(), "the ring does not come to rest");
    const std::uint64_t before = system.counts().handled;
    const auto spent = system.ask<Go>(first, hops / tokens).within(bench::patience).get();
    const auto handled = static_cast<std::uint64_t>(hops) + 1;  // the start as well
    bench::require(system.drain() && system.counts().handled - before == handled,
                   "a hop is missing");
    return spent;
  });
}
BENCHMARK(ring)
    ->Apply(bench::nanoseconds)
    ->ArgNames({"members", "tokens"})
    ->Args({100, 1})
    ->Args({1000, 1})
    ->Args({1000, 1000});

}  // namespace
