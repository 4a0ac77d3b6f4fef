// How fast does one actor count what another one sends it all at once?
#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Increment {};
struct Retrieve {
  casty::reply_to<std::int64_t> reply;
};
struct Counter : casty::protocol<Increment, Retrieve> {};

casty::behavior<Counter> counter() {
  return behaviors::with_state<Counter>(
      std::int64_t{0},
      [](std::int64_t& count, Increment) {
        ++count;
        return behaviors::same;
      },
      [](const std::int64_t& count, const Retrieve& m) {
        m.reply.tell(count);
        return behaviors::stopped;
      });
}

struct Produce {
  std::int64_t count;
  casty::reply_to<std::int64_t> reply;
};

casty::behavior<Produce> producer(casty::actor_ref<Counter> to) {
  return behaviors::receive<Produce>([to](const Produce& m) {
    for (std::int64_t each = 0; each < m.count; ++each) {
      to.tell(Increment{});
    }
    to.tell(Retrieve{m.reply});
    return behaviors::stopped;
  });
}

void counting(benchmark::State& state) {
  const std::int64_t count = bench::size(1'000'000, 1'000);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto from = system.spawn(producer(system.spawn(counter())));
    bench::require(system.ask<Produce>(from, count).within(bench::patience).get() == count,
                   "an increment is missing");
  });
}
BENCHMARK(counting)->Apply(bench::on_workers);

}  // namespace
