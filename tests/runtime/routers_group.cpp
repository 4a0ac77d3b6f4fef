#include "casty/runtime/routers.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
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

struct Order {
  std::string customer;
  int number;
};
struct Parcel {
  std::unique_ptr<int> content;  // cannot be copied
};
struct WhoAreYou {
  casty::reply_to<int> reply_to;
};
struct Quit {};
struct Work : casty::protocol<Order, Parcel, WhoAreYou> {};
// Accepts more, and in another order.
struct Worker : casty::protocol<Quit, WhoAreYou, Parcel, Order> {};

// Which worker got which number.
using Log = std::vector<std::pair<int, int>>;
const casty::service_key<Work> key("work");

behavior<Worker> worker(int index, Log& log) {
  return behaviors::receive<Worker>(
      [](Quit) { return behaviors::stopped; },
      [=](const WhoAreYou& m) {
        m.reply_to.tell(index);
        return behaviors::same;
      },
      [index, &log](Parcel&& m) {
        log.emplace_back(index, *m.content);
        return behaviors::same;
      },
      [index, &log](const Order& m) {
        log.emplace_back(index, m.number);
        return behaviors::same;
      });
}

template <class System>
std::vector<casty::actor_ref<Worker>> hire(System& system, Log& log, int count) {
  std::vector<casty::actor_ref<Worker>> all;
  for (int index = 0; index < count; ++index) {
    all.push_back(system.spawn(worker(index, log), "worker-" + std::to_string(index)));
    casty::receptionist(system).register_service(key, all.back());
  }
  return all;
}

std::map<int, int> shares(const Log& log) {
  std::map<int, int> all;
  for (const auto& [index, number] : log) {
    ++all[index];
  }
  return all;
}

TEST_CASE("runtime/routers: a group goes round those registered, whatever else they accept") {
  under_seeds<Log>([](auto& system, Log& log) {
    (void)hire(system, log, 3);
    const auto group = system.spawn(behaviors::group(key));
    for (int number = 0; number < 6; ++number) {
      group.tell(Parcel{std::make_unique<int>(number)});
    }
    group.template tell<Order>("any", 6);
    CHECK(system.drain());

    CHECK(log.size() == 7);
    CHECK(shares(log) == std::map<int, int>{{0, 3}, {1, 2}, {2, 2}});
    CHECK(system.template ask<WhoAreYou>(group).get() == 1);
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/routers: what comes before the first listing waits, in its order") {
  under_seeds<Log>([](auto& system, Log& log) {
    (void)hire(system, log, 1);
    system.run();
    const auto group = system.spawn(behaviors::group(key));
    for (int number = 0; number < 20; ++number) {
      group.template tell<Order>("any", number);
      if (number == 10) {
        system.run();
      }
    }
    CHECK(system.drain());

    CHECK(log.size() == 20);
    CHECK(std::is_sorted(log.begin(), log.end()));
  });
}

TEST_CASE("runtime/routers: a group follows those who come and go") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto group = system.spawn(behaviors::group(key));
    system.run();
    group.template tell<Order>("any", 1);
    system.run();
    CHECK(system.counts().dead_of(dead_letter_reason::no_such_actor) == 1);
    CHECK(system.template ask<WhoAreYou>(group).wait().error() == casty::errc::dead_target);

    const auto all = hire(system, log, 2);
    system.run();
    group.template tell<Order>("any", 2);
    group.template tell<Order>("any", 3);
    system.run();
    CHECK(shares(log) == std::map<int, int>{{0, 1}, {1, 1}});
    all[0].tell(Quit{});
    system.run();
    group.template tell<Order>("any", 4);
    group.template tell<Order>("any", 5);
    system.run();
    CHECK(shares(log) == std::map<int, int>{{0, 1}, {1, 3}});
    casty::receptionist(system).deregister(key, all[1]);
    system.run();
    group.template tell<Order>("any", 6);
    system.run();
    CHECK(log.size() == 4);
  });
}

TEST_CASE("runtime/routers: a group does not take itself for a routee") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto group = system.spawn(behaviors::group(key));
    casty::receptionist(system).register_service(key, group);
    (void)hire(system, log, 1);
    system.run();
    for (int number = 0; number < 5; ++number) {
      group.template tell<Order>("any", number);
    }
    CHECK(system.drain());

    CHECK(log.size() == 5);
  });
}

TEST_CASE("runtime/routers: two groups agree on the bearer of a key; only a lost one's move") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto all = hire(system, log, 4);
    const auto by = routing::consistent_hash([](const Order& m) { return m.customer; },
                                             [](const Parcel&) { return 1; },
                                             [](const WhoAreYou&) { return 2; });
    const auto first = system.spawn(behaviors::group(key, {.strategy = by}));
    const auto second = system.spawn(behaviors::group(key, {.strategy = by}));
    const auto owners = [&](auto& group) {
      log.clear();
      for (int number = 0; number < 40; ++number) {
        group.template tell<Order>("customer " + std::to_string(number), number);
      }
      CHECK(system.drain());
      std::map<int, int> by_number;
      for (const auto& [index, number] : log) {
        by_number[number] = index;
      }
      return by_number;
    };

    const auto before = owners(first);
    CHECK(shares(log).size() == 4);
    CHECK(owners(second) == before);
    all[2].tell(Quit{});
    CHECK(system.drain());
    for (const auto& [number, owner] : owners(first)) {
      CHECK((owner == before.at(number)) == (before.at(number) != 2));
    }
  });
}

TEST_CASE("runtime/routers: a broadcast of a group reaches each of another protocol's order") {
  under_seeds<Log>([](auto& system, Log& log) {
    (void)hire(system, log, 3);
    const auto group =
        system.spawn(behaviors::group(key, {.broadcast = routing::broadcast<Order>}));
    group.template tell<Order>("all", 1);
    group.tell(Parcel{std::make_unique<int>(2)});
    CHECK(system.drain());

    std::sort(log.begin(), log.end());
    CHECK(log.size() == 4);
    CHECK(std::count_if(log.begin(), log.end(), [](auto& e) { return e.second == 1; }) == 3);
  });
}

TEST_CASE("runtime/routers: a group that stops leaves its routees, and drops what it held") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto all = hire(system, log, 1);
    const auto group = system.spawn(behaviors::group(key));
    for (int number = 0; number < 5; ++number) {
      group.template tell<Order>("any", number);
    }
    system.stop(group);
    CHECK(system.drain());

    CHECK(system.template ask<WhoAreYou>(all[0]).get() == 0);
    CHECK(log.size() + system.counts().dead == 5);
  });
}

struct Tally {
  std::atomic<int> taken{0};
};
behavior<Work> counter(Tally& tally) {
  return behaviors::receive<Work>(
      [&tally](const Order&) {
        tally.taken.fetch_add(1);
        return behaviors::same;
      },
      [&tally](Parcel&&) {
        tally.taken.fetch_add(1);
        return behaviors::same;
      },
      behaviors::ignore<WhoAreYou>);
}

TEST_CASE("runtime/routers: threads lose nothing through a pool of groups on two workers") {
  constexpr int threads = 3;
  constexpr int each = 2000;
  Tally tally;
  casty::actor_system system({.name = "mill", .workers = 2, .log = casty::log_level::off});
  for (int index = 0; index < 4; ++index) {
    casty::receptionist(system).register_service(key, system.spawn(counter(tally)));
  }
  const auto pool = system.spawn(behaviors::pool(
      3, behaviors::group(key, {.strategy = routing::random}),
      {.strategy = routing::least_loaded}));
  std::vector<std::thread> all;
  for (int thread = 0; thread < threads; ++thread) {
    all.emplace_back([&pool] {
      for (int number = 0; number < each; ++number) {
        pool.tell<Order>("any", number);
        pool.tell(Parcel{std::make_unique<int>(number)});
      }
    });
  }
  for (std::thread& one : all) {
    one.join();
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));

  CHECK(tally.taken == 2 * threads * each);
  CHECK(system.counts().dead == 0);
}

}  // namespace
