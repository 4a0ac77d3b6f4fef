// How fast does one actor serve many that read and write its dictionary?
#include <random>
#include <unordered_map>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

using value = std::int64_t;
struct Write {
  std::int64_t key;
  value now;
  casty::reply_to<value> reply;
};
struct Read {
  std::int64_t key;
  casty::reply_to<value> reply;
};
struct End {
  casty::reply_to<std::int64_t> reply;
};
struct Dictionary : casty::protocol<Write, Read, End> {};

constexpr std::int64_t keys = 512;

struct dictionary_state {
  std::unordered_map<std::int64_t, value> all = {};
  std::int64_t served = 0;
};

casty::behavior<Dictionary> dictionary() {
  dictionary_state first;
  for (std::int64_t key = 0; key < keys; ++key) {
    first.all.emplace(key, key);
  }
  return behaviors::with_state<Dictionary>(
      std::move(first),
      [](dictionary_state& of, const Write& m) {
        ++of.served;
        of.all[m.key] = m.now;
        m.reply.tell(m.now);
        return behaviors::same;
      },
      [](dictionary_state& of, const Read& m) {
        ++of.served;
        const auto found = of.all.find(m.key);
        m.reply.tell(found == of.all.end() ? 0 : found->second);
        return behaviors::same;
      },
      [](dictionary_state& of, const End& m) {
        m.reply.tell(of.served);
        return behaviors::stopped;
      });
}

struct Begin {};
struct Worker : casty::protocol<value, Begin> {};
struct Finished {};

struct worker_state {
  std::minstd_rand random;
  std::int64_t left;
  std::int64_t key = 0;  // of the request under way
};

void request(casty::actor_context<Worker>& ctx, worker_state& of,
             const casty::actor_ref<Dictionary>& from) {
  constexpr unsigned writes_in_a_hundred = 10;
  --of.left;
  of.key = static_cast<std::int64_t>(of.random() % keys);
  if (of.random() % 100 < writes_in_a_hundred) {
    from.tell(Write{of.key, of.key + keys * of.left, ctx.self()});
  } else {
    from.tell(Read{of.key, ctx.self()});
  }
}

casty::behavior<Worker> worker(unsigned number, std::int64_t requests,
                               casty::actor_ref<Dictionary> from, casty::actor_ref<Finished> to) {
  using context = casty::actor_context<Worker>;
  return behaviors::with_state<Worker>(
      worker_state{std::minstd_rand(number + 1), requests},
      [from, to](context& ctx, worker_state& of, value now) -> casty::outcome {
        bench::require(now % keys == of.key, "a value is that of another key");
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

casty::behavior<Master> master(casty::actor_ref<Dictionary> shared) {
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

void concurrent_dictionary(benchmark::State& state) {
  const std::int64_t workers = bench::size(20, 4);
  const std::int64_t requests = bench::size(10'000, 50);
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto all = system.spawn(master(system.spawn(dictionary())));
    const std::int64_t served =
        system.ask<Start>(all, workers, requests).within(bench::patience).get();
    bench::require(served == workers * requests, "a request is missing");
  });
}
BENCHMARK(concurrent_dictionary)->Apply(bench::on_workers);

}  // namespace
