// What does a round trip cost that an actor asks of another on its worker?
#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Get {
  std::int64_t number;
  casty::reply_to<std::int64_t> reply;
};

casty::behavior<Get> server() {
  return behaviors::receive<Get>([](const Get& m) {
    m.reply.tell(m.number + 1);
    return behaviors::same;
  });
}

struct Start {
  std::int64_t count;
  casty::reply_to<bench::cost> reply;
};
struct Next {
  std::int64_t number;
};
struct Client : casty::protocol<Start, Next> {};
using handling = casty::task<casty::behavior<Client>>;

struct round_trips {
  std::int64_t wanted = 0;
  std::int64_t sum = 0;
  bench::lap lap;
};

// One handler that runs all along, and asks and asks.
casty::behavior<Client> loop(round_trips& of, casty::actor_ref<Get> from) {
  return behaviors::receive<Client>(
      behaviors::ignore<Next>, [&of, from](casty::actor_context<Client>& ctx, Start m) -> handling {
        of.lap.begin(m.reply);
        for (std::int64_t number = 0; number < m.count; ++number) {
          of.sum += co_await ctx.ask<Get>(from, number);
        }
        of.lap.end();
        co_return behaviors::same;
      });
}

// A handler, and so a coroutine, a round trip; and a message to itself between them.
casty::behavior<Client> step(round_trips& of, casty::actor_ref<Get> from) {
  return behaviors::receive<Client>(
      [&of](casty::actor_context<Client>& ctx, const Start& m) {
        of.wanted = m.count;
        of.lap.begin(m.reply);
        ctx.self().tell(Next{0});
        return behaviors::same;
      },
      [&of, from](casty::actor_context<Client>& ctx, Next m) -> handling {
        of.sum += co_await ctx.ask<Get>(from, m.number);
        if (m.number + 1 == of.wanted) {
          of.lap.end();
        } else {
          ctx.self().tell(Next{m.number + 1});
        }
        co_return behaviors::same;
      });
}

// The answer piped to itself as the next message.
casty::behavior<Client> piped(round_trips& of, casty::actor_ref<Get> from) {
  return behaviors::receive<Client>(
      [&of](casty::actor_context<Client>& ctx, const Start& m) {
        of.wanted = m.count;
        of.lap.begin(m.reply);
        ctx.self().tell(Next{0});
        return behaviors::same;
      },
      [&of, from](casty::actor_context<Client>& ctx, Next m) {
        of.sum += m.number;
        if (m.number == of.wanted) {
          of.lap.end();
        } else {
          ctx.pipe_to_self(ctx.ask<Get>(from, m.number),
                           [](casty::result<std::int64_t> answer) { return Next{*answer}; });
        }
        return behaviors::same;
      });
}

void measure(benchmark::State& state,
             casty::behavior<Client> (*client)(round_trips&, casty::actor_ref<Get>)) {
  round_trips of;
  casty::actor_system system(bench::one_worker());
  const auto asks = system.spawn(client(of, system.spawn(server())));
  bench::measure(state, 1, 1'000'000, [&](std::int64_t count) {
    of.sum = 0;
    const auto spent = system.ask<Start>(asks, count).within(bench::patience).get();
    bench::require(of.sum == count * (count + 1) / 2, "an answer is wrong");
    return spent;
  });
}

void in_a_running_handler(benchmark::State& state) { measure(state, loop); }
BENCHMARK(in_a_running_handler)->Apply(bench::nanoseconds);

void with_a_handler_each(benchmark::State& state) { measure(state, step); }
BENCHMARK(with_a_handler_each)->Apply(bench::nanoseconds);

void piped_to_self(benchmark::State& state) { measure(state, piped); }
BENCHMARK(piped_to_self)->Apply(bench::nanoseconds);

}  // namespace
