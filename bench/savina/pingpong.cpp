// How fast do two actors send each other messages, one at a time, and nothing else?
#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Pinger;
struct Ping {
  casty::actor_ref<Pinger> from;
};
struct Exit {};
struct Ponger : casty::protocol<Ping, Exit> {};

struct Pong {};
struct Start {
  std::int64_t pings;
  casty::reply_to<std::int64_t> reply;  // how many came back
};
struct Pinger : casty::protocol<Pong, Start> {};

casty::behavior<Ponger> ponger() {
  return behaviors::receive<Ponger>(
      [](const Ping& m) {
        m.from.tell(Pong{});
        return behaviors::same;
      },
      [](Exit) { return behaviors::stopped; });
}

struct game {
  std::int64_t left = 0;
  std::int64_t back = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

casty::behavior<Pinger> pinger(casty::actor_ref<Ponger> to) {
  using context = casty::actor_context<Pinger>;
  return behaviors::with_state<Pinger>(
      game{},
      [to](context& ctx, game& of, Pong) -> casty::outcome {
        ++of.back;
        if (--of.left > 0) {
          to.tell(Ping{ctx.self()});
          return behaviors::same;
        }
        to.tell(Exit{});
        of.reply->tell(of.back);
        return behaviors::stopped;
      },
      [to](context& ctx, game& of, const Start& m) {
        of.left = m.pings;
        of.reply = m.reply;
        to.tell(Ping{ctx.self()});
        return behaviors::same;
      });
}

void pingpong(benchmark::State& state) {
  const std::int64_t pings = bench::size(40'000, 400);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto first = system.spawn(pinger(system.spawn(ponger())));
    bench::require(system.ask<Start>(first, pings).within(bench::patience).get() == pings,
                   "a ping is missing");
  });
}
BENCHMARK(pingpong)->Apply(bench::on_workers);

}  // namespace
