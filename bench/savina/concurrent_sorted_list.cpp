// How fast does one actor serve many that read and write its sorted list?
#include <algorithm>
#include <forward_list>
#include <iterator>
#include <random>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using answer = std::int64_t;
struct Write {
  std::int64_t value;
  casty::reply_to<answer> reply;
};
struct Contains {
  std::int64_t value;
  casty::reply_to<answer> reply;
};
struct Size {
  casty::reply_to<answer> reply;
};
struct End {
  casty::reply_to<std::int64_t> reply;
};
struct List : casty::protocol<Write, Contains, Size, End> {};

constexpr std::int64_t values = 1'024;  // that differ

struct list_state {
  std::forward_list<std::int64_t> all = {};
  std::int64_t length = 0;
  std::int64_t served = 0;
};

// The last place whose value is less.
std::forward_list<std::int64_t>::iterator before(list_state& of, std::int64_t value) {
  auto at = of.all.before_begin();
  for (auto next = of.all.begin(); next != of.all.end() && *next < value; ++next) {
    at = next;
  }
  return at;
}

bool holds(list_state& of, std::int64_t value) {
  const auto at = std::next(before(of, value));
  return at != of.all.end() && *at == value;
}

casty::behavior<List> list() {
  return behaviors::with_state<List>(
      list_state{},
      [](list_state& of, const Write& m) {
        ++of.served;
        const auto at = before(of, m.value);
        const auto next = std::next(at);
        if (next == of.all.end() || *next != m.value) {
          of.all.insert_after(at, m.value);
          ++of.length;
        }
        m.reply.tell(m.value);
        return behaviors::same;
      },
      [](list_state& of, const Contains& m) {
        ++of.served;
        m.reply.tell(holds(of, m.value) ? 1 : 0);
        return behaviors::same;
      },
      [](list_state& of, const Size& m) {
        ++of.served;
        m.reply.tell(of.length);
        return behaviors::same;
      },
      [](list_state& of, const End& m) {
        bench::require(std::is_sorted(of.all.begin(), of.all.end()) &&
                           std::distance(of.all.begin(), of.all.end()) == of.length,
                       "the list is not sorted");
        m.reply.tell(of.served);
        return behaviors::stopped;
      });
}

struct Begin {};
struct Worker : casty::protocol<answer, Begin> {};
struct Finished {};

struct worker_state {
  std::minstd_rand random;
  std::int64_t left;
};

void request(casty::actor_context<Worker>& ctx, worker_state& of,
             const casty::actor_ref<List>& from) {
  constexpr unsigned sizes_in_a_hundred = 1;
  constexpr unsigned writes_in_a_hundred = 10;
  --of.left;
  const auto value = static_cast<std::int64_t>(of.random() % values);
  const auto kind = of.random() % 100;
  if (kind < sizes_in_a_hundred) {
    from.tell(Size{ctx.self()});
  } else if (kind < sizes_in_a_hundred + writes_in_a_hundred) {
    from.tell(Write{value, ctx.self()});
  } else {
    from.tell(Contains{value, ctx.self()});
  }
}

casty::behavior<Worker> worker(unsigned number, std::int64_t requests, casty::actor_ref<List> from,
                               casty::actor_ref<Finished> to) {
  using context = casty::actor_context<Worker>;
  return behaviors::with_state<Worker>(
      worker_state{std::minstd_rand(number + 1), requests},
      [from, to](context& ctx, worker_state& of, answer) -> casty::outcome {
        if (of.left > 0) {
          request(ctx, of, from);
          return behaviors::same;
        }
        to.tell(Finished{});
        return behaviors::stopped;
      },
      [from](context& ctx, worker_state& of, Begin) {
        request(ctx, of, from);
        return behaviors::same;
      });
}

struct Start {
  std::int64_t workers;
  std::int64_t requests;  // by each of them
  casty::reply_to<std::int64_t> reply;
};
struct Master : casty::protocol<Finished, Start> {};

struct master_state {
  std::int64_t running = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

casty::behavior<Master> master(casty::actor_ref<List> shared) {
  return behaviors::with_state<Master>(
      master_state{},
      [shared](master_state& of, Finished) -> casty::outcome {
        if (--of.running > 0) {
          return behaviors::same;
        }
        shared.tell(End{*of.reply});
        return behaviors::stopped;
      },
      [shared](casty::actor_context<Master>& ctx, master_state& of, const Start& m) {
        of.running = m.workers;
        of.reply = m.reply;
        for (std::int64_t each = 0; each < m.workers; ++each) {
          const auto number = static_cast<unsigned>(each);
          ctx.system().spawn(worker(number, m.requests, shared, ctx.self())).tell(Begin{});
        }
        return behaviors::same;
      });
}

void concurrent_sorted_list(benchmark::State& state) {
  const std::int64_t workers = bench::size(10, 4);
  const std::int64_t requests = bench::size(8'000, 50);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto all = system.spawn(master(system.spawn(list())));
    const std::int64_t served =
        system.ask<Start>(all, workers, requests).within(bench::patience).get();
    bench::require(served == workers * requests, "a request is missing");
  });
}
BENCHMARK(concurrent_sorted_list)->Apply(bench::on_workers);

}  // namespace
