#include "casty/runtime/routers.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
namespace routing = casty::routing;
using casty::behavior;
using casty::dead_letter_reason;
using support::under_seeds;

struct Parcel {
  std::unique_ptr<int> content;  // cannot be copied
};
struct Order {
  std::string customer;
  int number;
};
struct WhoAreYou {
  casty::reply_to<unsigned> reply_to;
};
struct Hold {
  casty::reply_to<int> reply_to;  // kept unanswered
};
struct Quit {};
struct Work : casty::protocol<Parcel, Order, WhoAreYou, Hold, Quit> {};

// Which worker got which number.
using Log = std::vector<std::pair<unsigned, int>>;

behavior<Work> worker(unsigned index, Log* log) {
  return behaviors::receive<Work>(
      [=](Parcel&& m) {
        log->emplace_back(index, *m.content);
        return behaviors::same;
      },
      [=](const Order& m) {
        log->emplace_back(index, m.number);
        return behaviors::same;
      },
      [=](const WhoAreYou& m) {
        m.reply_to.tell(index);
        return behaviors::same;
      },
      behaviors::ignore<Hold>, [](Quit) { return behaviors::stopped; });
}

auto workers(Log& log) {
  return [&log](unsigned index) { return worker(index, &log); };
}

std::map<unsigned, int> shares(const Log& log) {
  std::map<unsigned, int> all;
  for (const auto& [index, number] : log) {
    ++all[index];
  }
  return all;
}

TEST_CASE("runtime/routers: a pool goes round, and passes on what can only be moved") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::pool(3, workers(log)), "pool");
    for (int number = 0; number < 9; ++number) {
      pool.tell(Parcel{std::make_unique<int>(number)});
    }
    CHECK(system.drain());

    CHECK(shares(log) == std::map<unsigned, int>{{0, 3}, {1, 3}, {2, 3}});
    std::sort(log.begin(), log.end());
    CHECK(log[1] == std::pair{0U, 3});
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/routers: an ask through a pool is answered by the routee") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::pool(2, workers(log)));
    std::set<unsigned> met;
    for (int each = 0; each < 4; ++each) {
      met.insert(system.template ask<WhoAreYou>(pool).get());
    }

    CHECK(met == std::set<unsigned>{0, 1});
    CHECK(system.template ask<Hold>(pool).wait().error() == casty::errc::no_reply);
  });
}

TEST_CASE("runtime/routers: each routee is a copy, with a state of its own") {
  under_seeds<std::multiset<int>>([](auto& system, std::multiset<int>& counts) {
    using Count = casty::protocol<Quit, WhoAreYou>;
    const auto counter = behaviors::with_state<Count>(
        0U,
        [](unsigned& seen, Quit) {
          ++seen;
          return behaviors::same;
        },
        [](const unsigned& seen, const WhoAreYou& m) {
          m.reply_to.tell(seen);
          return behaviors::same;
        });
    const auto pool = system.spawn(behaviors::pool(3, counter));
    for (int each = 0; each < 4; ++each) {
      pool.tell(Quit{});
    }
    for (int each = 0; each < 3; ++each) {
      counts.insert(static_cast<int>(system.template ask<WhoAreYou>(pool).get()));
    }

    CHECK(counts == std::multiset<int>{1, 1, 2});
  });
}

struct Watched {
  Log log;
  int ends = 0;
};

TEST_CASE("runtime/routers: a stopped routee gets no more, and the last takes the pool along") {
  under_seeds<Watched>([](auto& system, Watched& seen) {
    const auto pool = system.spawn(behaviors::pool(3, workers(seen.log)), "pool");
    (void)system.event_stream().subscribe([&seen](const casty::actor_stopped& event) {
      seen.ends += event.ref.path().name() == "pool" ? 1 : 0;
    });
    pool.tell(Quit{});
    system.run();
    for (int number = 0; number < 4; ++number) {
      pool.template tell<Order>("any", number);
    }
    system.run();
    CHECK(shares(seen.log).size() == 2);
    CHECK(seen.log.size() == 4);
    CHECK(seen.ends == 0);

    pool.tell(Quit{});
    pool.tell(Quit{});
    system.run();
    CHECK(seen.ends == 1);
    CHECK(system.counts().dead == 0);
    pool.tell(Quit{});
    system.run();
    CHECK(system.counts().dead_of(dead_letter_reason::no_such_actor) == 1);
  });
}

TEST_CASE("runtime/routers: a routee that restarts stays in its pool") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::pool(2, [&log](unsigned index) {
      return behaviors::supervise(
          behaviors::receive<Order>([index, &log](const Order& m) -> casty::outcome {
            if (m.number < 0) {
              throw std::runtime_error("negative");
            }
            log.emplace_back(index, m.number);
            return behaviors::same;
          }),
          casty::one_for_one_strategy{});
    }));
    for (const int number : {-1, -2, 3, 4}) {
      pool.template tell<Order>("any", number);
    }
    CHECK(system.drain());

    CHECK(shares(log) == std::map<unsigned, int>{{0, 1}, {1, 1}});
    CHECK(system.counts().dead_of(dead_letter_reason::failed) == 2);
  });
}

TEST_CASE("runtime/routers: the children of a pool stop with it") {
  under_seeds<Watched>([](auto& system, Watched& seen) {
    const auto pool = system.spawn(behaviors::pool(3, workers(seen.log)));
    (void)system.event_stream().subscribe(
        [&seen](const casty::actor_stopped&) { ++seen.ends; });
    system.run();
    system.stop(pool);
    system.run();

    CHECK(seen.ends == 4);
  });
}

TEST_CASE("runtime/routers: a random pool reaches all") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool =
        system.spawn(behaviors::pool(4, workers(log), {.strategy = routing::random}));
    for (int number = 0; number < 200; ++number) {
      pool.template tell<Order>("any", number);
    }
    CHECK(system.drain());

    const auto all = shares(log);
    CHECK(log.size() == 200);
    CHECK(all.size() == 4);
    for (const auto& [index, share] : all) {
      CHECK(share > 20);  // 50 expected, with a deviation of 6
      CHECK(share < 90);
    }
  });
}

// Takes one order, and holds its actor until the gate opens.
struct Open {};
struct Gate : casty::protocol<Hold, Open> {};
behavior<Gate> gate(std::vector<casty::reply_to<int>> held = {}) {
  return behaviors::with_state<Gate>(
      std::move(held),
      [](std::vector<casty::reply_to<int>>& all, const Hold& m) {
        all.push_back(m.reply_to);
        return behaviors::same;
      },
      [](std::vector<casty::reply_to<int>>& all, Open) {
        for (const auto& each : all) {
          each.tell(0);
        }
        return behaviors::stopped;
      });
}
behavior<Order> slow_for(unsigned index, Log* log, casty::actor_ref<Gate> at) {
  using context = casty::actor_context<Order>;
  return behaviors::receive<Order>(
      [=](context& ctx, const Order& m) -> casty::task<behavior<Order>> {
        log->emplace_back(index, m.number);
        if (m.customer == "slow") {
          (void)co_await ctx.ask<Hold>(at).within(casty::duration::seconds(60));
        }
        co_return behaviors::same;
      });
}

TEST_CASE("runtime/routers: the least loaded gets the next, a busy one nothing more") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto door = system.spawn(gate());
    const auto pool = system.spawn(behaviors::pool(
        3, [&log, door](unsigned index) { return slow_for(index, &log, door); },
        {.strategy = routing::least_loaded}));
    pool.template tell<Order>("slow", 0);
    system.run();
    REQUIRE(log.size() == 1);
    const unsigned busy = log.front().first;
    for (int number = 1; number <= 20; ++number) {
      pool.template tell<Order>("quick", number);
      system.run();
    }

    const auto before = shares(log);
    CHECK(log.size() == 21);
    CHECK(before.at(busy) == 1);
    CHECK(before.at((busy + 1) % 3) == 10);
    door.tell(Open{});
    CHECK(system.drain());
  });
}

TEST_CASE("runtime/routers: loads are counted to the message when none is taken") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto door = system.spawn(gate());
    const auto pool = system.spawn(behaviors::pool(
        4, [&log, door](unsigned index) { return slow_for(index, &log, door); },
        {.strategy = routing::least_loaded}));
    for (int number = 0; number < 4; ++number) {
      pool.template tell<Order>("slow", number);
    }
    system.run();
    for (int number = 0; number < 40; ++number) {
      pool.template tell<Order>("quick", number);
    }
    system.run();
    CHECK(shares(log) == std::map<unsigned, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
    door.tell(Open{});
    CHECK(system.drain());

    CHECK(shares(log) == std::map<unsigned, int>{{0, 11}, {1, 11}, {2, 11}, {3, 11}});
  });
}

TEST_CASE("runtime/routers: with backpressure the next takes it, and none left is an overflow") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto door = system.spawn(gate());
    const auto pool = system.spawn(behaviors::pool(
        2, [&log, door](unsigned index) { return slow_for(index, &log, door); },
        {.routees = {.mailbox = {.capacity = 3,
                                 .overflow = casty::overflow::backpressure}}}));
    pool.template tell<Order>("slow", 0);
    system.run();
    const unsigned busy = log.at(0).first;
    for (int number = 1; number <= 10; ++number) {
      pool.template tell<Order>("quick", number);
      system.run();
    }
    // Three wait at the busy one, all others went to its neighbour.
    CHECK(shares(log) == std::map<unsigned, int>{{busy, 1}, {1 - busy, 7}});
    CHECK(system.counts().dead == 0);

    pool.template tell<Order>("slow", 11);
    system.run();
    for (int number = 12; number < 17; ++number) {
      pool.template tell<Order>("quick", number);
    }
    system.run();
    CHECK(system.counts().dead_of(dead_letter_reason::overflow) == 2);
    door.tell(Open{});
    CHECK(system.drain());
    CHECK(log.size() == 15);
  });
}

constexpr auto no_key = [](const auto&) { return 0; };

TEST_CASE("runtime/routers: a key leads to the same routee, and only those of one gone move") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::pool(
        5, workers(log),
        {.strategy = routing::consistent_hash(
             [](const Order& m) -> const std::string& { return m.customer; },
             [](const Parcel& m) { return *m.content; },
             [](const Quit&) { return "customer 3"; }, no_key)}));
    const auto owners = [&] {
      log.clear();
      for (int number = 0; number < 50; ++number) {
        pool.template tell<Order>("customer " + std::to_string(number), number);
      }
      CHECK(system.drain());
      std::map<int, unsigned> all;
      for (const auto& [index, number] : log) {
        all[number] = index;
      }
      return all;
    };

    const auto first = owners();
    CHECK(first.size() == 50);
    CHECK(shares(log).size() == 5);
    CHECK(owners() == first);
    pool.tell(Quit{});
    CHECK(system.drain());
    for (const auto& [number, owner] : owners()) {
      CHECK((owner == first.at(number)) == (first.at(number) != first.at(3)));
    }
  });
}

TEST_CASE("runtime/routers: a broadcast reaches each, the others one") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::pool(
        3, workers(log), {.broadcast = routing::broadcast<Quit, Order>}));
    pool.template tell<Order>("any", 7);
    pool.tell(Parcel{std::make_unique<int>(8)});
    CHECK(system.drain());

    CHECK(log.size() == 4);
    CHECK(std::count_if(log.begin(), log.end(), [](auto& e) { return e.second == 7; }) == 3);
    pool.tell(Quit{});
    system.run();
    pool.tell(Quit{});
    system.run();
    CHECK(system.counts().dead_of(dead_letter_reason::no_such_actor) == 1);
  });
}

TEST_CASE("runtime/routers: a key that throws fails the pool, which its strategy restarts") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto pool = system.spawn(behaviors::supervise(
        behaviors::pool(2, [&log](unsigned index) {
                          return behaviors::receive<Order>([index, &log](const Order& m) {
                            log.emplace_back(index, m.number);
                            return behaviors::same;
                          });
                        },
                        {.strategy = routing::consistent_hash([](const Order& m) {
                           return std::stoi(m.customer);
                         })}),
        casty::one_for_one_strategy{}));
    pool.template tell<Order>("1", 1);
    pool.template tell<Order>("none", 2);
    pool.template tell<Order>("1", 3);
    CHECK(system.drain());

    REQUIRE(log.size() >= 1);
    CHECK(log.back().second == 3);
    CHECK(system.counts().dead_of(dead_letter_reason::failed) == 1);
    system.stop(pool);
    CHECK(system.drain());
  });
}

TEST_CASE("runtime/routers: what a pool cannot be made of is refused at once") {
  Log log;
  CHECK_THROWS_AS((void)behaviors::pool(0, worker(0, &log)), casty::error);
  CHECK_THROWS_AS((void)behaviors::pool(
                      2, behaviors::with_state<Quit>(
                             std::make_unique<int>(1),
                             [](std::unique_ptr<int>&, Quit) { return behaviors::same; })),
                  casty::error);
}

// An actor that becomes a pool, and after a failure what it was.
struct Become {};
struct Changing : casty::protocol<Become, Order, Quit> {};
behavior<Changing> routee(Log* log) {
  return behaviors::receive<Changing>(
      behaviors::ignore<Become>,
      [log](const Order& m) {
        log->emplace_back(1, m.number);
        return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; });
}
behavior<Changing> caterpillar(Log* log) {
  return behaviors::receive<Changing>(
      [log](Become) {
        return behaviors::pool(2, routee(log),
                               {.strategy = routing::consistent_hash(
                                    [](const Become&) { return 0; },
                                    [](const Order& m) { return std::stoi(m.customer); },
                                    [](const Quit&) { return 0; })});
      },
      [log](const Order& m) {
        log->emplace_back(0, m.number);
        return behaviors::same;
      },
      behaviors::ignore<Quit>);
}

TEST_CASE("runtime/routers: an actor that is a pool no more hears no late news of its routees") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto actor =
        system.spawn(behaviors::supervise(caterpillar(&log), casty::one_for_one_strategy{}));
    actor.tell(Become{});
    actor.template tell<Order>("5", 1);
    actor.tell(Quit{});              // one routee ends
    actor.template tell<Order>("fails", 2);
    actor.template tell<Order>("5", 3);
    CHECK(system.drain());

    REQUIRE(!log.empty());
    CHECK(log.back() == std::pair{0U, 3});
    CHECK(system.counts().dead_of(dead_letter_reason::failed) == 1);
  });
}

}  // namespace
