// What does a quicksort cost that forks an actor for each side, and joins what they answer?
#include <algorithm>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using numbers = std::vector<std::int64_t>;
enum class place { whole, left, right };

struct Sorted {
  place of;
  numbers all;
};
struct Sort {
  numbers all;
  place of;
  casty::reply_to<Sorted> reply;
};
struct Sorter : casty::protocol<Sorted, Sort> {};

// Waits for both sides, which go around the numbers that equal the pivot.
struct joining {
  unsigned left = 2;
  numbers all = {};
  place of = place::whole;
  std::optional<casty::reply_to<Sorted>> reply = {};
};

void join(joining& of, const Sorted& side) {
  const auto at = side.of == place::left
                      ? of.all.begin()
                      : of.all.end() - static_cast<std::ptrdiff_t>(side.all.size());
  std::copy(side.all.begin(), side.all.end(), at);
}

casty::behavior<Sorter> sorter(std::size_t sequential);

void fork(casty::actor_context<Sorter>& ctx, joining& of, Sort&& m, std::size_t sequential) {
  const std::int64_t pivot = m.all[m.all.size() / 2];
  numbers less;
  numbers greater;
  for (const std::int64_t number : m.all) {
    if (number != pivot) {
      (number < pivot ? less : greater).push_back(number);
    }
  }
  of.all = std::move(m.all);
  std::fill(of.all.begin() + static_cast<std::ptrdiff_t>(less.size()),
            of.all.end() - static_cast<std::ptrdiff_t>(greater.size()), pivot);
  of.of = m.of;
  of.reply = std::move(m.reply);
  ctx.system().spawn(sorter(sequential)).tell(Sort{std::move(less), place::left, ctx.self()});
  ctx.system().spawn(sorter(sequential)).tell(Sort{std::move(greater), place::right, ctx.self()});
}

casty::behavior<Sorter> sorter(std::size_t sequential) {
  return behaviors::with_state<Sorter>(
      joining{},
      [](joining& of, const Sorted& m) -> casty::outcome {
        join(of, m);
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.reply->tell(Sorted{of.of, std::move(of.all)});
        return behaviors::stopped;
      },
      [sequential](casty::actor_context<Sorter>& ctx, joining& of, Sort&& m) -> casty::outcome {
        if (m.all.size() > sequential) {
          fork(ctx, of, std::move(m), sequential);
          return behaviors::same;
        }
        std::sort(m.all.begin(), m.all.end());
        m.reply.tell(Sorted{m.of, std::move(m.all)});
        return behaviors::stopped;
      });
}

void quicksort(benchmark::State& state) {
  const std::int64_t count = bench::size(1'000'000, 1'000);
  const auto sequential = static_cast<std::size_t>(bench::size(2'048, 64));
  std::mt19937_64 random(1);
  numbers all;
  std::int64_t sum = 0;
  for (std::int64_t each = 0; each < count; ++each) {
    all.push_back(static_cast<std::int64_t>(random() >> 24));
    sum += all.back();
  }
  bench::measure_whole(state, [=, &all](casty::actor_system& system) {
    const auto root = system.spawn(sorter(sequential));
    const Sorted found = system.ask<Sort>(root, all, place::whole).within(bench::patience).get();
    bench::require(found.all.size() == all.size() &&
                       std::is_sorted(found.all.begin(), found.all.end()) &&
                       std::accumulate(found.all.begin(), found.all.end(), std::int64_t{0}) == sum,
                   "the numbers are not sorted");
  });
}
BENCHMARK(quicksort)->Apply(bench::on_workers);

}  // namespace
