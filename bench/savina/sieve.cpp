// What does a sieve of primes cost as a pipeline of actors that grows as primes are found?
#include <algorithm>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Number {
  std::int64_t of;
};
struct Exit {
  std::int64_t primes;  // found by those before
  casty::reply_to<std::int64_t> reply;
};
struct Filter : casty::protocol<Number, Exit> {};

struct filter_state {
  std::size_t most;  // primes that this one holds
  std::vector<std::int64_t> primes = {};
  std::optional<casty::actor_ref<Filter>> next = {};
};

bool divides_none(const std::vector<std::int64_t>& primes, std::int64_t number) {
  return std::none_of(primes.begin(), primes.end(),
                      [=](std::int64_t prime) { return number % prime == 0; });
}

casty::behavior<Filter> filter(std::size_t most) {
  filter_state first{most};
  first.primes.reserve(most);
  return behaviors::with_state<Filter>(
      std::move(first),
      [](casty::actor_context<Filter>& ctx, filter_state& of, Number m) {
        if (!divides_none(of.primes, m.of)) {
          return behaviors::same;
        }
        if (of.primes.size() < of.most) {
          of.primes.push_back(m.of);
          return behaviors::same;
        }
        if (!of.next) {
          of.next = ctx.system().spawn(filter(of.most));
        }
        of.next->tell(m);
        return behaviors::same;
      },
      [](filter_state& of, Exit&& m) {
        m.primes += static_cast<std::int64_t>(of.primes.size());
        if (of.next) {
          of.next->tell(std::move(m));
        } else {
          m.reply.tell(m.primes);
        }
        return behaviors::stopped;
      });
}

struct Produce {
  std::int64_t below;
  casty::reply_to<std::int64_t> reply;
};

casty::behavior<Produce> producer(casty::actor_ref<Filter> to) {
  return behaviors::receive<Produce>([to](const Produce& m) {
    to.tell(Number{2});
    for (std::int64_t number = 3; number < m.below; number += 2) {
      to.tell(Number{number});
    }
    to.tell(Exit{0, m.reply});
    return behaviors::stopped;
  });
}

void sieve(benchmark::State& state) {
  const std::int64_t below = bench::size(100'000, 1'000);
  const std::int64_t primes = bench::size(9'592, 168);
  const auto held = static_cast<std::size_t>(bench::size(1'000, 10));
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto from = system.spawn(producer(system.spawn(filter(held))));
    bench::require(system.ask<Produce>(from, below).within(bench::patience).get() == primes,
                   "the number of primes is wrong");
  });
}
BENCHMARK(sieve)->Apply(bench::on_workers);

}  // namespace
