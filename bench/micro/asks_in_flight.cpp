// What does a round trip cost that an actor asks of another on its worker, when a hundred are
// under way at a time?
#include <vector>

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
struct Answer {
  std::int64_t number;
};
struct Client : casty::protocol<Start, Answer> {};

constexpr std::int64_t window = 100;

struct round_trips {
  std::int64_t asked = 0;
  std::int64_t answered = 0;
  std::int64_t wanted = 0;
  std::int64_t sum = 0;
  bench::lap lap;
};

// One handler that awaits the oldest, and asks anew.
casty::behavior<Client> awaiting(round_trips& of, casty::actor_ref<Get> from) {
  using handling = casty::task<casty::behavior<Client>>;
  return behaviors::receive<Client>(
      [&of, from](casty::actor_context<Client>& ctx, Start m) -> handling {
        of.lap.begin(m.reply);
        std::vector<casty::pending<std::int64_t>> under_way;
        under_way.reserve(window);
        for (std::int64_t number = 0; number < std::min(window, m.count); ++number) {
          under_way.push_back(ctx.ask<Get>(from, number));
        }
        for (std::int64_t number = window; number < m.count; ++number) {
          auto& oldest = under_way[static_cast<std::size_t>(number % window)];
          of.sum += co_await std::move(oldest);
          oldest = ctx.ask<Get>(from, number);
        }
        for (auto& each : under_way) {
          of.sum += co_await std::move(each);
        }
        of.lap.end();
        co_return behaviors::same;
      },
      behaviors::ignore<Answer>);
}

void ask_next(casty::actor_context<Client>& ctx, round_trips& of, casty::actor_ref<Get> from) {
  ctx.pipe_to_self(ctx.ask<Get>(from, of.asked++),
                   [](casty::result<std::int64_t> answer) { return Answer{*answer}; });
}

// Each answer is a message, and the reason of the next ask.
casty::behavior<Client> piping(round_trips& of, casty::actor_ref<Get> from) {
  return behaviors::receive<Client>(
      [&of, from](casty::actor_context<Client>& ctx, const Start& m) {
        of.asked = 0;
        of.answered = 0;
        of.wanted = m.count;
        of.lap.begin(m.reply);
        while (of.asked < std::min(window, m.count)) {
          ask_next(ctx, of, from);
        }
        return behaviors::same;
      },
      [&of, from](casty::actor_context<Client>& ctx, Answer m) {
        of.sum += m.number;
        if (of.asked < of.wanted) {
          ask_next(ctx, of, from);
        }
        if (++of.answered == of.wanted) {
          of.lap.end();
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

void asks_in_flight_awaited(benchmark::State& state) { measure(state, awaiting); }
BENCHMARK(asks_in_flight_awaited)->Apply(bench::nanoseconds);

void asks_in_flight_piped(benchmark::State& state) { measure(state, piping); }
BENCHMARK(asks_in_flight_piped)->Apply(bench::nanoseconds);

}  // namespace
