// What does a radix sort cost as a pipeline with one actor a bit?
#include <random>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Value {
  std::int64_t of;
};

struct stage_state {
  std::int64_t left;  // values to come
  std::vector<std::int64_t> ones = {};
};

// Lets the values pass whose `bit` is 0, and keeps the others until all have come.
casty::behavior<Value> stage(int bit, std::int64_t count, casty::actor_ref<Value> next) {
  return behaviors::with_state<Value>(stage_state{count},
                                      [=](stage_state& of, Value m) -> casty::outcome {
                                        if ((m.of >> bit & 1) == 0) {
                                          next.tell(m);
                                        } else {
                                          of.ones.push_back(m.of);
                                        }
                                        if (--of.left > 0) {
                                          return behaviors::same;
                                        }
                                        for (const std::int64_t value : of.ones) {
                                          next.tell(Value{value});
                                        }
                                        return behaviors::stopped;
                                      });
}

struct Start {
  casty::reply_to<std::uint64_t> reply;
};
struct Sink : casty::protocol<Value, Start> {};

struct sink_state {
  std::int64_t left;
  std::int64_t last = -1;
  std::uint64_t sum = 0;
  std::optional<casty::reply_to<std::uint64_t>> reply = {};
};

// `Start` and the values come by different ways: any of them may be the last.
casty::outcome end_when_all_is_there(const sink_state& of) {
  if (of.left > 0 || !of.reply) {
    return behaviors::same;
  }
  of.reply->tell(of.sum);
  return behaviors::stopped;
}

casty::behavior<Sink> sink(std::int64_t count) {
  return behaviors::with_state<Sink>(
      sink_state{count},
      [](sink_state& of, Value m) {
        bench::require(of.last <= m.of, "the values are not sorted");
        of.last = m.of;
        of.sum += static_cast<std::uint64_t>(m.of);
        --of.left;
        return end_when_all_is_there(of);
      },
      [](sink_state& of, const Start& m) {
        of.reply = m.reply;
        return end_when_all_is_there(of);
      });
}

struct Produce {
  std::int64_t count;
  int bits;
  casty::actor_ref<Sink> sink;
  casty::reply_to<std::uint64_t> reply;
};

std::int64_t drawn(std::mt19937_64& random, int bits) {
  return static_cast<std::int64_t>(random() >> (64 - bits));
}

casty::behavior<Produce> producer() {
  return behaviors::receive<Produce>([](casty::actor_context<Produce>& ctx, const Produce& m) {
    m.sink.tell(Start{m.reply});
    casty::actor_ref<Value> next = m.sink;
    for (int bit = m.bits - 1; bit >= 0; --bit) {
      next = ctx.system().spawn(stage(bit, m.count, next));
    }
    std::mt19937_64 random(1);
    for (std::int64_t each = 0; each < m.count; ++each) {
      next.tell(Value{drawn(random, m.bits)});
    }
    return behaviors::stopped;
  });
}

void radix_sort(benchmark::State& state) {
  const std::int64_t count = bench::size(50'000, 200);
  const int bits = 60;
  std::uint64_t expected = 0;
  std::mt19937_64 random(1);
  for (std::int64_t each = 0; each < count; ++each) {
    expected += static_cast<std::uint64_t>(drawn(random, bits));
  }
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto last = system.spawn(sink(count));
    const auto from = system.spawn(producer());
    const std::uint64_t sum =
        system.ask<Produce>(from, count, bits, last).within(bench::patience).get();
    bench::require(sum == expected, "a value is missing");
  });
}
BENCHMARK(radix_sort)->Apply(bench::on_workers);

}  // namespace
