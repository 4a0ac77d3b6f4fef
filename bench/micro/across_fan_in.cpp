// What does a message cost that actors on one core send to one on the other, in units of the
// time that a cache line takes there?
#include <vector>

#include "support/two_cores.hpp"

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

// `burst` items a turn, so that the senders take turns.
casty::behavior<Send> sender(casty::actor_ref<Sink> to, std::int64_t burst) {
  return behaviors::receive<Send>([=](casty::actor_context<Send>& ctx, Send m) {
    const std::int64_t now = std::min(m.left, burst);
    for (std::int64_t each = 0; each < now; ++each) {
      to.tell(Item{1});
    }
    if (m.left > now) {
      ctx.self().tell(Send{m.left - now});
    }
    return behaviors::same;
  });
}

struct Start {
  std::int64_t items;  // of each sender
  casty::reply_to<bench::cost> reply;
};
struct Starter : casty::protocol<Start> {};

// The senders are its children, and so on its worker.
casty::behavior<Starter> starter(flood& of, casty::actor_ref<Sink> to, std::int64_t senders,
                                 std::int64_t burst) {
  return behaviors::setup<Starter>([=, &of](casty::actor_context<Starter>& ctx) {
    std::vector<casty::actor_ref<Send>> all;
    for (std::int64_t each = 0; each < senders; ++each) {
      all.push_back(ctx.spawn(sender(to, burst)));
    }
    return behaviors::receive<Starter>([&of, all](const Start& m) {
      of.lap.begin(m.reply);
      for (const auto& each : all) {
        each.tell(Send{m.items});
      }
      return behaviors::same;
    });
  });
}

void across(benchmark::State& state, std::int64_t senders, std::int64_t burst) {
  flood of;
  bench::two_workers on;
  casty::actor_system& system = on.system;
  const auto to = system.spawn(sink(of));
  const auto from = system.spawn(starter(of, to, senders, burst));
  bench::measure_in_lines(state, senders, 1'000'000, [&](std::int64_t items) {
    of.left = items;
    of.sum = 0;
    const auto spent = system.ask<Start>(from, items / senders).within(bench::patience).get();
    bench::require(of.sum == items, "an item is missing");
    return spent;
  });
}

void across_fan_in(benchmark::State& state) { across(state, state.range(0), 1); }
BENCHMARK(across_fan_in)->Apply(bench::nanoseconds)->ArgName("senders")->Arg(1)->Arg(100);

void across_stream(benchmark::State& state) { across(state, 1, 64); }
BENCHMARK(across_stream)->Apply(bench::nanoseconds);

}  // namespace
