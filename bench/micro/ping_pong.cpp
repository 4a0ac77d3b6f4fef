// What does a message cost that two actors send each other, the way back inside of it?
#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Player;
struct Ball {
  casty::actor_ref<Player> from;
  std::int64_t left;
};
struct Serve {
  casty::actor_ref<Player> to;
  std::int64_t hits;
  casty::reply_to<bench::cost> reply;
};
struct Player : casty::protocol<Ball, Serve> {};

casty::behavior<Player> player(bench::lap& match) {
  return behaviors::receive<Player>(
      [&match](casty::actor_context<Player>& ctx, const Ball& m) {
        if (m.left == 0) {
          match.end();
        } else {
          m.from.tell(Ball{ctx.self(), m.left - 1});
        }
        return behaviors::same;
      },
      [&match](casty::actor_context<Player>& ctx, const Serve& m) {
        match.begin(m.reply);
        m.to.tell(Ball{ctx.self(), m.hits - 1});
        return behaviors::same;
      });
}

void ping_pong(benchmark::State& state) {
  bench::lap match;
  casty::actor_system system(bench::one_worker());
  const auto one = system.spawn(player(match));
  const auto other = system.spawn(player(match));
  bench::measure(state, 1, 1'000'000, [&](std::int64_t hits) {
    bench::require(system.drain(), "the players do not come to rest");
    const std::uint64_t before = system.counts().handled;
    const auto spent = system.ask<Serve>(one, other, hits).within(bench::patience).get();
    const auto handled = static_cast<std::uint64_t>(hits) + 1;  // the serve as well
    bench::require(system.drain() && system.counts().handled - before == handled,
                   "a hit of the ball is missing");
    return spent;
  });
}
BENCHMARK(ping_pong)->Apply(bench::nanoseconds);

}  // namespace
