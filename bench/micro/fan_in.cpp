// What does a message cost when many actors send to one, and is it the same for any number
// of them?
#include <vector>

#include "support/meter.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Item {
  std::int64_t value;
};
struct Sink : casty::protocol<Item> {};

struct flood {
  std::int64_t left = 0;  // items still to come
  std::int64_t sum = 0;
  bench::lap lap;
};

casty::behavior<Sink> sink(flood& of) {
  return behaviors::receive<Sink>([&of](Item m) {
    of.sum += m.value;
    if (--of.left == 0) {
      of.lap.end();
    }
    return behaviors::same;
  });
}

struct Send {
  std::int64_t left;
};

// One item a turn: the messages to itself count as well.
casty::behavior<Send> sender(casty::actor_ref<Sink> to) {
  return behaviors::receive<Send>([to](casty::actor_context<Send>& ctx, Send m) {
    to.tell(Item{1});
    if (m.left > 1) {
      ctx.self().tell(Send{m.left - 1});
    }
    return behaviors::same;
  });
}

struct Start {
  std::int64_t items;
  casty::reply_to<bench::cost> reply;
};

casty::behavior<Start> starter(flood& of, std::vector<casty::actor_ref<Send>> senders) {
  return behaviors::receive<Start>([&of, senders](const Start& m) {
    of.lap.begin(m.reply);
    for (const auto& each : senders) {
      each.tell(Send{m.items});
    }
    return behaviors::same;
  });
}

void fan_in(benchmark::State& state) {
  flood of;
  casty::actor_system system(bench::one_worker());
  const auto to = system.spawn(sink(of));
  std::vector<casty::actor_ref<Send>> senders;
  for (std::int64_t each = 0; each < state.range(0); ++each) {
    senders.push_back(system.spawn(sender(to)));
  }
  const auto start = system.spawn(starter(of, senders));
  const std::int64_t messages_an_item = 2;
  bench::measure(state, messages_an_item * state.range(0), 1'000'000, [&](std::int64_t messages) {
    const std::int64_t items = messages / messages_an_item;
    of.left = items;
    of.sum = 0;
    const auto spent =
        system.ask<Start>(start, items / state.range(0)).within(bench::patience).get();
    bench::require(of.sum == items, "an item is missing");
    return spent;
  });
}
BENCHMARK(fan_in)
    ->Apply(bench::nanoseconds)
    ->ArgName("senders")
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000);

}  // namespace
