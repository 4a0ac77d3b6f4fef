// What does it cost to hand items from producers to consumers through a bounded buffer?
#include <deque>
#include <vector>

#include "support/whole.hpp"
#include "support/work.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Produce {};
struct Consumer;
struct Item {
  double value;
  casty::actor_ref<Produce> from;
};
struct Available {
  casty::actor_ref<Consumer> from;
};
struct Finished {};  // a producer
struct Exit {};
struct Consumer : casty::protocol<Item, Exit> {};
struct Consumed {
  std::int64_t items;
};
struct setting {
  std::size_t producers;
  std::size_t consumers;
  std::size_t room;    // in the buffer, beside what producers have under way
  std::int64_t items;  // by each producer
};
struct Start {
  setting of;
  casty::reply_to<std::int64_t> reply;
};
struct Manager : casty::protocol<Item, Available, Finished, Consumed, Start> {};

constexpr int units_an_item = 25;

struct worker_state {
  std::minstd_rand random;
  std::int64_t items = 0;
  double last = 0;
};

casty::behavior<Produce> producer(unsigned number, std::int64_t items,
                                  casty::actor_ref<Manager> to) {
  return behaviors::with_state<Produce>(
      worker_state{std::minstd_rand(number + 1)},
      [=](casty::actor_context<Produce>& ctx, worker_state& of, Produce) -> casty::outcome {
        if (of.items++ == items) {
          to.tell(Finished{});
          return behaviors::stopped;
        }
        of.last += bench::work(units_an_item, of.random);
        to.tell(Item{of.last, ctx.self()});
        return behaviors::same;
      });
}

casty::behavior<Consumer> consumer(unsigned number, casty::actor_ref<Manager> to) {
  return behaviors::with_state<Consumer>(
      worker_state{std::minstd_rand(number + 1)},
      [to](casty::actor_context<Consumer>& ctx, worker_state& of, const Item& m) {
        of.last += m.value + bench::work(units_an_item, of.random);
        ++of.items;
        to.tell(Available{ctx.self()});
        return behaviors::same;
      },
      [to](worker_state& of, Exit) {
        bench::require(of.items == 0 || of.last > 0, "an item is empty");
        to.tell(Consumed{of.items});
        return behaviors::stopped;
      });
}

struct manager_state {
  setting of = {};
  std::deque<Item> buffer = {};
  std::vector<casty::actor_ref<Produce>> waiting = {};  // producers, for room
  std::vector<casty::actor_ref<Consumer>> idle = {};
  std::size_t finished = 0;
  std::size_t ended = 0;
  std::int64_t consumed = 0;
  std::optional<casty::reply_to<std::int64_t>> reply = {};
};

void take(manager_state& now, const Item& m) {
  if (now.idle.empty()) {
    now.buffer.push_back(m);
  } else {
    now.idle.back().tell(m);
    now.idle.pop_back();
  }
  if (now.buffer.size() >= now.of.room) {
    now.waiting.push_back(m.from);
  } else {
    m.from.tell(Produce{});
  }
}

void serve(manager_state& now, const Available& m) {
  if (now.buffer.empty()) {
    now.idle.push_back(m.from);
    return;
  }
  m.from.tell(now.buffer.front());
  now.buffer.pop_front();
  if (!now.waiting.empty()) {
    now.waiting.back().tell(Produce{});
    now.waiting.pop_back();
  }
}

void end_when_all_is_done(const manager_state& now) {
  if (now.finished == now.of.producers && now.idle.size() == now.of.consumers) {
    for (const auto& each : now.idle) {
      each.tell(Exit{});
    }
  }
}

void start(casty::actor_context<Manager>& ctx, manager_state& now, const Start& m) {
  now.of = m.of;
  now.reply = m.reply;
  for (std::size_t each = 0; each < m.of.consumers; ++each) {
    now.idle.push_back(ctx.system().spawn(consumer(static_cast<unsigned>(each), ctx.self())));
  }
  for (std::size_t each = 0; each < m.of.producers; ++each) {
    const auto number = static_cast<unsigned>(each);
    ctx.system().spawn(producer(number, m.of.items, ctx.self())).tell(Produce{});
  }
}

casty::behavior<Manager> manager() {
  return behaviors::with_state<Manager>(
      manager_state{},
      [](manager_state& now, const Item& m) {
        take(now, m);
        return behaviors::same;
      },
      [](manager_state& now, const Available& m) {
        serve(now, m);
        end_when_all_is_done(now);
        return behaviors::same;
      },
      [](manager_state& now, Finished) {
        ++now.finished;
        end_when_all_is_done(now);
        return behaviors::same;
      },
      [](manager_state& now, Consumed m) -> casty::outcome {
        now.consumed += m.items;
        if (++now.ended < now.of.consumers) {
          return behaviors::same;
        }
        now.reply->tell(now.consumed);
        return behaviors::stopped;
      },
      [](casty::actor_context<Manager>& ctx, manager_state& now, const Start& m) {
        start(ctx, now, m);
        return behaviors::same;
      });
}

void producer_consumer(benchmark::State& state) {
  const setting of = bench::is_tiny() ? setting{4, 4, 2, 20} : setting{40, 40, 10, 1'000};
  bench::measure_whole(state, [=](casty::actor_system& system) {
    const auto root = system.spawn(manager());
    const std::int64_t consumed = system.ask<Start>(root, of).within(bench::patience).get();
    bench::require(consumed == static_cast<std::int64_t>(of.producers) * of.items,
                   "an item is missing");
  });
}
BENCHMARK(producer_consumer)->Apply(bench::on_workers);

}  // namespace
