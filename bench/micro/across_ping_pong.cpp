// What does a message cost between two actors on two cores, both of which spin, in units of the
// time that a cache line takes there?
#include <vector>

#include "support/two_cores.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Player;
struct Ball {
  casty::actor_ref<Player> from;
  std::int64_t left;
};
struct Player : casty::protocol<Ball> {};

struct Over {};
struct Serve {
  std::int64_t hits;  // of each ball
  casty::reply_to<bench::cost> reply;
};
struct Referee : casty::protocol<Over, Serve> {};

// All balls of one match; the referee alone touches it.
struct match {
  std::vector<casty::actor_ref<Player>> near;
  std::vector<casty::actor_ref<Player>> far;
  std::size_t over = 0;
  bench::lap lap;
};

casty::behavior<Player> player(casty::actor_ref<Referee> referee) {
  return behaviors::receive<Player>([referee](casty::actor_context<Player>& ctx, const Ball& m) {
    if (m.left == 0) {
      referee.tell(Over{});
    } else {
      m.from.tell(Ball{ctx.self(), m.left - 1});
    }
    return behaviors::same;
  });
}

casty::behavior<Referee> referee(match& of) {
  return behaviors::receive<Referee>(
      [&of](Over) {
        if (++of.over == of.near.size()) {
          of.lap.end();
        }
        return behaviors::same;
      },
      [&of](const Serve& m) {
        of.over = 0;
        of.lap.begin(m.reply);
        for (std::size_t each = 0; each < of.near.size(); ++each) {
          of.far[each].tell(Ball{of.near[each], m.hits - 1});
        }
        return behaviors::same;
      });
}

// Of each pair one lives on either worker.
void across(benchmark::State& state) {
  match of;
  bench::two_workers on;
  casty::actor_system& system = on.system;
  const auto decides = system.spawn(referee(of));
  for (std::int64_t pair = 0; pair < state.range(0); ++pair) {
    of.far.push_back(system.spawn(player(decides)));
    of.near.push_back(system.spawn(player(decides)));
  }
  bench::measure_in_lines(state, state.range(0), 1'000'000, [&](std::int64_t hits) {
    bench::require(system.drain(bench::patience), "the players do not come to rest");
    const std::uint64_t before = system.counts().handled;
    const std::int64_t each = hits / state.range(0);
    const auto spent = system.ask<Serve>(decides, each).within(bench::patience).get();
    const auto pairs = static_cast<std::uint64_t>(state.range(0));
    const std::uint64_t handled = static_cast<std::uint64_t>(hits) + pairs + 1;
    bench::require(system.drain(bench::patience) && system.counts().handled - before == handled,
                   "a hit of a ball is missing");
    return spent;
  });
}
BENCHMARK(across)
    ->Name("across_ping_pong")
    ->Apply(bench::nanoseconds)
    ->ArgName("pairs")
    ->Arg(1)
    ->Arg(1000);

}  // namespace
