#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/probe.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using reason = casty::dead_letter_reason;
using casty::testkit::probe;
using support::under_seeds;

struct Item {
  int sender;
  int number;
};
struct Quit {};
struct Bad {};
struct Odd {};
struct Sink : casty::protocol<Item, Quit, Bad, Odd> {};
using Items = std::vector<std::pair<int, int>>;

behavior<Sink> sink(Items& items) {
  return behaviors::receive<Sink>(
      [&items](Item m) {
        items.emplace_back(m.sender, m.number);
        return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; },
      [](Bad) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Odd) { return behaviors::unhandled; });
}

struct Send {
  casty::actor_ref<Item> to;
  int sender;
  int number;
  int last;
};

behavior<Send> sender() {
  return behaviors::receive<Send>([](auto& ctx, const Send& m) {
    m.to.tell(Item{m.sender, m.number});
    if (m.number < m.last) {
      ctx.self().tell(Send{m.to, m.sender, m.number + 1, m.last});
    }
    return behaviors::same;
  });
}

TEST_CASE("runtime/messages: those of one sender arrive in order, whoever sends besides") {
  under_seeds<int>([](auto& system, int&) {
    probe<Item> to(system);
    for (int each = 0; each < 4; ++each) {
      system.spawn(sender()).tell(Send{to, each, 0, 30});
    }

    std::map<int, int> next;
    for (int left = 4 * 31; left > 0; --left) {
      const Item m = to.expect<Item>();
      REQUIRE(m.number == next[m.sender]++);
    }
  });
}

TEST_CASE("runtime/messages: each that is not handled is a dead letter with its reason") {
  struct Seen {
    Items items;
    std::map<reason, int> dead;
    std::vector<std::string> unhandled;
  };
  under_seeds<Seen>([](auto& system, Seen& seen) {
    system.event_stream().subscribe(
        [&](const casty::dead_letter& letter) { ++seen.dead[letter.reason]; });
    system.event_stream().subscribe([&](const casty::unhandled_message& event) {
      seen.unhandled.emplace_back(event.message);
    });
    const auto first = system.spawn(sink(seen.items), "first");
    first.tell(Odd{});
    first.tell(Quit{});
    first.tell(Item{0, 0});
    system.drain();
    first.tell(Item{0, 1});
    const auto second = system.spawn(sink(seen.items), "second");
    second.tell(Bad{});
    second.tell(Item{0, 2});
    second.tell(Item{0, 3});
    system.drain();

    CHECK(seen.items.empty());
    CHECK(seen.unhandled == std::vector<std::string>{"Odd"});
    CHECK(seen.dead == std::map<reason, int>{{reason::unhandled, 1},
                                             {reason::stopped, 3},
                                             {reason::no_such_actor, 1},
                                             {reason::failed, 1}});
  });
}

TEST_CASE("runtime/messages: a dead letter of a dead letter ends there") {
  under_seeds<int>([](auto& system, int&) {
    struct Listener : casty::protocol<casty::dead_letter, Quit> {};
    const auto listener = system.spawn(behaviors::receive<Listener>(
        [](const casty::dead_letter&) { return behaviors::same; },
        [](Quit) { return behaviors::stopped; }));
    system.event_stream().template subscribe<casty::dead_letter>(listener);
    listener.tell(Quit{});
    system.drain();
    listener.tell(Quit{});
    CHECK(system.drain());
  });
}

struct Open {};
struct Locked : casty::protocol<Item, Open> {};

behavior<Locked> unlocked(casty::actor_ref<Item> to) {
  return behaviors::receive<Locked>(
      [=](Item m) {
        to.tell(m);
        return behaviors::same;
      },
      behaviors::ignore<Open>);
}

behavior<Locked> locked(casty::actor_ref<Item> to) {
  return behaviors::receive<Locked>(
      [](auto& ctx, Item m) {
        ctx.stash(m);
        return behaviors::same;
      },
      [=](auto& ctx, Open) {
        ctx.unstash_all();
        return unlocked(to);
      });
}

TEST_CASE("runtime/messages: stashed ones come back in order, before those that wait") {
  under_seeds<int>([](auto& system, int&) {
    probe<Item> out(system);
    const auto to = system.spawn(locked(out));
    for (int each = 0; each < 5; ++each) {
      to.tell(Item{0, each});
    }
    to.tell(Open{});
    for (int each = 5; each < 10; ++each) {
      to.tell(Item{0, each});
    }
    for (int each = 0; each < 10; ++each) {
      CHECK(out.expect<Item>().number == each);
    }
  });
}

TEST_CASE("runtime/messages: stashed ones are dead letters when their actor stops") {
  under_seeds<int>([](auto& system, int&) {
    int stopped = 0;
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      stopped += letter.reason == reason::stopped ? 1 : 0;
    });
    const probe<Item> out(system);
    const auto to = system.spawn(locked(out));
    to.tell(Item{0, 1});
    to.tell(Item{0, 2});
    CHECK(system.drain());
    system.stop(to);
    CHECK(system.drain());
    CHECK(stopped == 2);
  });
}

TEST_CASE("runtime/messages: a turn is what waited when it began, so all get theirs") {
  // On seams that choose nothing this is a promise; production runs such a loop for ever.
  casty::actor_system system({.name = "fair", .workers = 1, .log = casty::log_level::off});
  Items items;
  const auto busy = system.spawn(behaviors::receive<Quit>([](auto& ctx, Quit) {
    ctx.self().tell(Quit{});
    return behaviors::same;
  }));
  busy.tell(Quit{});
  const auto to = system.spawn(sink(items));
  struct Ping {
    casty::reply_to<int> reply_to;
  };
  const auto other = system.spawn(behaviors::receive<Ping>([](const Ping& m) {
    m.reply_to.tell(1);
    return behaviors::same;
  }));
  for (int each = 0; each < 100; ++each) {
    to.tell(Item{0, each});
    CHECK(system.ask<Ping>(other).get() == 1);
  }
  system.stop(busy);
  CHECK(system.drain());
  CHECK(items.size() == 100);
}

TEST_CASE("runtime/messages: a subscriber that throws harms nobody") {
  under_seeds<Items>([](auto& system, Items& items) {
    int heard = 0;
    system.event_stream().subscribe(
        [](const casty::actor_stopped&) { throw std::runtime_error("as asked"); });
    const auto mine = system.event_stream().subscribe(
        [&](const casty::actor_stopped&) { ++heard; });
    const auto to = system.spawn(sink(items));
    system.stop(to);
    system.drain();
    CHECK(heard == 1);

    system.event_stream().unsubscribe(mine);
    system.stop(system.spawn(sink(items)));
    system.drain();
    CHECK(heard == 1);
  });
}

TEST_CASE("runtime/messages: a user's own event reaches its subscribers") {
  struct Deployed {
    int version;
  };
  casty::testkit::test_system system;
  int version = 0;
  system.event_stream().subscribe([&](const Deployed& event) { version = event.version; });
  system.event_stream().publish(Deployed{3});
  CHECK(version == 3);
}

}  // namespace
