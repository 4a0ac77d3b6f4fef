// What does a message cost: told, dispatched, handled, on one worker?
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "allocations.hpp"
#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;

constexpr casty::duration patience = casty::duration::seconds(60);

casty::system_options one_worker() { return {.name = "bench", .workers = 1}; }

struct Ball {
  std::int64_t left;
};
struct Join {
  casty::actor_ref<Ball> next;
  casty::reply_to<int> reply_to;
};
struct Player : casty::protocol<Ball, Join> {};

behavior<Player> playing(casty::actor_ref<Ball> next, casty::reply_to<int> done) {
  return behaviors::receive<Player>(
      [next, done](Ball m) {
        if (m.left == 0) {
          done.tell(1);
        } else {
          next.tell(Ball{m.left - 1});
        }
        return behaviors::same;
      },
      [](const Join& m) { return playing(m.next, m.reply_to); });
}

behavior<Player> waiting() {
  return behaviors::receive<Player>(behaviors::ignore<Ball>,
                                    [](const Join& m) { return playing(m.next, m.reply_to); });
}

// One ball round a ring of `members`; two are ping-pong.
void ring(benchmark::State& state) {
  constexpr std::int64_t hops = 200'000;
  casty::actor_system system(one_worker());
  std::vector<casty::actor_ref<Player>> members;
  for (std::int64_t each = 0; each < state.range(0); ++each) {
    members.push_back(system.spawn(waiting()));
  }
  const auto play = [&](std::int64_t balls) {
    for (std::size_t each = 1; each < members.size(); ++each) {
      members[each].tell(Join{members[(each + 1) % members.size()], casty::ignored});
    }
    // Whoever holds the ball last says so: with a whole number of rounds, the first.
    auto done = system.ask<Join>(members[0], members[1]).within(patience);
    members[0].tell(Ball{balls / state.range(0) * state.range(0)});
    return done.get();
  };
  play(hops);
  const bench::stretch stretch(state, hops / state.range(0) * state.range(0) + 1);
  for (auto _ : state) {
    if (play(hops) != 1) {
      state.SkipWithError("the ball was lost");
    }
  }
}
BENCHMARK(ring)->Name("ping-pong")->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ring)->Name("ring")->Arg(100)->Unit(benchmark::kMillisecond)->UseRealTime();

struct Item {};
struct Total {
  casty::reply_to<std::int64_t> reply_to;
};
struct Sink : casty::protocol<Item, Total> {};

behavior<Sink> recursive(std::int64_t total = 0) {
  return behaviors::receive<Sink>([total](Item) { return recursive(total + 1); },
                                  [total](const Total& m) {
                                    m.reply_to.tell(total);
                                    return recursive(0);
                                  });
}

behavior<Sink> in_place() {
  return behaviors::with_state<Sink>(
      std::int64_t{0},
      [](std::int64_t& total, Item) {
        ++total;
        return behaviors::same;
      },
      [](std::int64_t& total, const Total& m) {
        m.reply_to.tell(total);
        total = 0;
        return behaviors::same;
      });
}

struct Send {
  casty::actor_ref<Item> to;
  std::int64_t left;
};

behavior<Send> sender() {
  return behaviors::receive<Send>([](auto& ctx, const Send& m) {
    m.to.tell(Item{});
    if (m.left > 1) {
      ctx.self().tell(Send{m.to, m.left - 1});
    }
    return behaviors::same;
  });
}

// Each sender tells the sink once a turn, and itself to go on: two messages an item.
void fan_in(benchmark::State& state) {
  constexpr std::int64_t items = 200'000;
  casty::actor_system system(one_worker());
  const auto sink = system.spawn(in_place());
  std::vector<casty::actor_ref<Send>> senders;
  for (std::int64_t each = 0; each < state.range(0); ++each) {
    senders.push_back(system.spawn(sender()));
  }
  const auto flood = [&] {
    for (const auto& each : senders) {
      each.tell(Send{sink, items / state.range(0)});
    }
    system.drain(patience);
    return system.ask<Total>(sink).get();
  };
  const std::int64_t expected = items / state.range(0) * state.range(0);
  flood();
  const bench::stretch stretch(state, 2 * expected);
  for (auto _ : state) {
    if (flood() != expected) {
      state.SkipWithError("items were lost");
    }
  }
}
BENCHMARK(fan_in)->Name("fan-in")->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Unit(
    benchmark::kMillisecond)->UseRealTime();

struct Burst {
  casty::actor_ref<Item> to;
  std::int64_t count;
};

// A burst from one actor to another, a thousand a turn.
template <behavior<Sink> (*Make)()>
void burst(benchmark::State& state) {
  constexpr std::int64_t items = 200'000;
  constexpr std::int64_t a_turn = 1000;
  casty::actor_system system(one_worker());
  const auto sink = system.spawn(Make());
  const auto source = system.spawn(behaviors::receive<Burst>([](auto& ctx, const Burst& m) {
    for (std::int64_t each = 0; each < a_turn; ++each) {
      m.to.template tell<Item>();
    }
    if (m.count > a_turn) {
      ctx.self().tell(Burst{m.to, m.count - a_turn});
    }
    return behaviors::same;
  }));
  const auto flood = [&] {
    source.tell(Burst{sink, items});
    system.drain(patience);
    return system.ask<Total>(sink).get();
  };
  flood();
  const bench::stretch stretch(state, items);
  for (auto _ : state) {
    if (flood() != items) {
      state.SkipWithError("items were lost");
    }
  }
}
behavior<Sink> make_recursive() { return recursive(); }
BENCHMARK(burst<&make_recursive>)
    ->Name("behavior recursion")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(burst<&in_place>)
    ->Name("handler that keeps its behavior")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
