// What bounded mailboxes let in, and what becomes of the rest.
#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::overflow;
using reason = casty::dead_letter_reason;
using support::under_seeds;

constexpr overflow policies[] = {overflow::drop_new, overflow::drop_oldest,
                                 overflow::backpressure};

casty::spawn_options bounded(std::uint32_t capacity, overflow policy) {
  return {.mailbox = {.capacity = capacity, .overflow = policy}};
}

struct Item {
  int number;
};
struct Count {
  casty::reply_to<int> reply_to;
};
struct Fail {};
struct Quit {};
struct Sink : casty::protocol<Item, Count, Fail, Quit> {};
using Numbers = std::vector<int>;

behavior<Sink> sink(Numbers& seen) {
  return behaviors::receive<Sink>(
      [&seen](Item m) {
        seen.push_back(m.number);
        return behaviors::same;
      },
      [&seen](const Count& m) {
        m.reply_to.tell(static_cast<int>(seen.size()));
        return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Quit) { return behaviors::stopped; });
}

Numbers from_to(int first, int last) {
  Numbers all;
  for (int each = first; each <= last; ++each) {
    all.push_back(each);
  }
  return all;
}

Numbers operator+(Numbers first, const Numbers& later) {
  first.insert(first.end(), later.begin(), later.end());
  return first;
}

TEST_CASE("runtime/mailboxes: drop_new keeps the first messages, drop_oldest the last") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const int capacity : {1, 2, 5}) {
      CAPTURE(capacity);
      for (const bool keeps_first : {true, false}) {
        seen.clear();
        const auto before = system.counts();
        const auto to = system.spawn(
            sink(seen), {},
            bounded(static_cast<std::uint32_t>(capacity),
                    keeps_first ? overflow::drop_new : overflow::drop_oldest));
        for (int each = 1; each <= 8; ++each) {
          to.tell(Item{each});
        }
        system.run();
        for (int each = 11; each <= 18; ++each) {
          REQUIRE(to.try_tell(Item{each}));
        }
        system.run();

        CHECK(seen == (keeps_first ? from_to(1, capacity) + from_to(11, 10 + capacity)
                                   : from_to(9 - capacity, 8) + from_to(19 - capacity, 18)));
        const auto after = system.counts();
        const auto lost = static_cast<std::uint64_t>(16 - 2 * capacity);
        CHECK(after.dead_of(reason::overflow) - before.dead_of(reason::overflow) == lost);
        CHECK(after.dead - before.dead == lost);
        CHECK(after.handled - before.handled == seen.size());
      }
    }
  });
}

TEST_CASE("runtime/mailboxes: what a mailbox drops is published as overflow") {
  struct Seen {
    Numbers numbers;
    std::vector<std::string> letters;
  };
  under_seeds<Seen>([](auto& system, Seen& seen) {
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      seen.letters.push_back(std::string(to_string(letter.reason)) + " " +
                             std::string(letter.message) + " " +
                             std::string(letter.target.path().view()));
    });
    const auto first = system.spawn(sink(seen.numbers), "new", bounded(1, overflow::drop_new));
    first.tell(Item{1});
    first.tell(Item{2});
    system.run();
    const auto later =
        system.spawn(sink(seen.numbers), "oldest", bounded(1, overflow::drop_oldest));
    later.tell(Item{3});
    later.tell(Quit{});
    system.run();

    CHECK(seen.numbers == Numbers{1});
    CHECK(seen.letters == std::vector<std::string>{"overflow Item /user/new",
                                                   "overflow Item /user/oldest"});
  });
}

TEST_CASE("runtime/mailboxes: backpressure refuses the sender, and nothing was sent") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    const auto to = system.spawn(sink(seen), "to", bounded(3, overflow::backpressure));
    for (int round = 0; round < 3; ++round) {
      seen.clear();
      for (int each = 1; each <= 3; ++each) {
        REQUIRE(to.try_tell(Item{each}));
      }
      CHECK_FALSE(to.try_tell(Item{4}));
      CHECK_THROWS_WITH_AS(to.tell(Item{5}), "casty: mailbox_full: /user/to", casty::error);
      CHECK_THROWS_AS(to.template tell<Item>(6), casty::error);
      system.run();
      CHECK(seen == Numbers{1, 2, 3});
    }
    CHECK(system.counts().sent == 9);
    CHECK(system.counts().dead == 0);
  });
}

struct Text {
  std::string text;
};

TEST_CASE("runtime/mailboxes: a message that try_tell could not send is as it was") {
  under_seeds<std::vector<std::string>>([](auto& system, std::vector<std::string>& seen) {
    const auto to = system.spawn(behaviors::receive<Text>([&seen](const Text& m) {
      seen.push_back(m.text);
      return behaviors::same;
    }), {}, bounded(1, overflow::backpressure));
    Text first{"a text that is too long for the small string"};
    Text later = first;
    REQUIRE(to.try_tell(std::move(first)));
    REQUIRE_FALSE(to.try_tell(std::move(later)));
    CHECK(later.text == "a text that is too long for the small string");
    system.run();
    REQUIRE(to.try_tell(std::move(later)));
    system.run();
    CHECK(seen.size() == 2);
  });
}

struct Burst {
  int items;
};
struct Own : casty::protocol<Burst, Item> {};
struct Sent {
  Numbers seen;
  std::vector<bool> accepted;
};

behavior<Own> sends_itself(Sent& sent) {
  return behaviors::receive<Own>(
      [&sent](auto& ctx, Burst m) {
        for (int each = 1; each <= m.items; ++each) {
          sent.accepted.push_back(ctx.self().try_tell(Item{each}));
        }
        return behaviors::same;
      },
      [&sent](Item m) {
        sent.seen.push_back(m.number);
        return behaviors::same;
      });
}

TEST_CASE("runtime/mailboxes: the message being handled takes no room, its own ones do") {
  under_seeds<Sent>([](auto& system, Sent& sent) {
    for (const overflow policy : policies) {
      sent = {};
      const auto to = system.spawn(sends_itself(sent), {}, bounded(1, policy));
      to.tell(Burst{3});
      system.run();

      CHECK(sent.seen == (policy == overflow::drop_oldest ? Numbers{3} : Numbers{1}));
      const bool refuses = policy == overflow::backpressure;
      CHECK(sent.accepted == std::vector<bool>{true, !refuses, !refuses});
    }
  });
}

TEST_CASE("runtime/mailboxes: to overfill itself with tell is an actor's failure") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(behaviors::receive<Own>(
        [](auto& ctx, Burst m) {
          for (int each = 1; each <= m.items; ++each) {
            ctx.self().tell(Item{each});
          }
          return behaviors::same;
        },
        behaviors::ignore<Item>), {}, bounded(1, overflow::backpressure));
    to.tell(Burst{2});
    system.run();
    CHECK(system.counts().dead_of(reason::failed) == 1);
    CHECK(system.counts().dead_of(reason::stopped) == 1);
    CHECK(system.counts().sent == 2);
  });
}

struct Begin {};
struct Woken {};
struct Answered {
  int with;
};
struct Busy : casty::protocol<Begin, Item, Woken, Answered, casty::terminated> {};

behavior<Busy> busy(std::vector<std::string>& seen, casty::actor_ref<Sink> helper) {
  const auto note = [&seen](const char* what) {
    seen.emplace_back(what);
    return behaviors::same;
  };
  return behaviors::receive<Busy>(
      [=](casty::actor_context<Busy>& ctx, Begin) {
        const auto child = ctx.spawn(behaviors::receive<Quit>([](Quit) {
          return behaviors::stopped;
        }));
        ctx.watch(child);
        child.tell(Quit{});
        ctx.pipe_to_self(ctx.ask<Count>(helper), [](casty::result<int> result) {
          return Answered{result.value_or(-1)};
        });
        ctx.timers().once("wake", Woken{}, casty::duration::milliseconds(1));
        ctx.self().tell(Item{1});
        return behaviors::same;
      },
      [=](auto& ctx, Item m) {
        // Whatever comes meanwhile finds the mailbox full.
        if (m.number < 100) {
          ctx.self().tell(Item{m.number + 1});
        }
        return note("item");
      },
      [=](Woken) { return note("woken"); }, [=](Answered) { return note("answered"); },
      [=](const casty::terminated&) { return note("terminated"); });
}

TEST_CASE("runtime/mailboxes: terminated, answers and own timers always have room") {
  under_seeds<std::vector<std::string>>([](auto& system, std::vector<std::string>& seen) {
    for (const overflow policy : policies) {
      seen.clear();
      Numbers none;
      const auto helper = system.spawn(sink(none));
      const auto to = system.spawn(busy(seen, helper), {}, bounded(1, policy));
      to.tell(Begin{});
      system.advance(casty::duration::seconds(1));

      std::map<std::string, int> times;
      for (const std::string& each : seen) {
        ++times[each];
      }
      CHECK(times == std::map<std::string, int>{
                         {"item", 100}, {"woken", 1}, {"answered", 1}, {"terminated", 1}});
    }
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/mailboxes: a full one is emptied by a stop, and refuses nobody after") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const overflow policy : policies) {
      const auto before = system.counts();
      const auto to = system.spawn(sink(seen), {}, bounded(3, policy));
      for (int each = 1; each <= 3; ++each) {
        to.tell(Item{each});
      }
      system.stop(to);
      system.run();
      CHECK(system.counts().dead_of(reason::stopped) - before.dead_of(reason::stopped) == 3);
      for (int each = 1; each <= 5; ++each) {
        REQUIRE(to.try_tell(Item{each}));
        REQUIRE_NOTHROW(to.tell(Item{each}));
      }
      system.run();
      const auto after = system.counts();
      CHECK(after.dead_of(reason::no_such_actor) - before.dead_of(reason::no_such_actor) == 10);
      CHECK(after.dead_of(reason::overflow) == before.dead_of(reason::overflow));
    }
    CHECK(seen.empty());
  });
}

TEST_CASE("runtime/mailboxes: a restart keeps what waits, and the bound") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const overflow policy : policies) {
      seen.clear();
      const auto to = system.spawn(
          behaviors::supervise(sink(seen), casty::one_for_one_strategy{}), {}, bounded(3, policy));
      to.tell(Fail{});
      to.tell(Item{1});
      to.tell(Item{2});
      system.run();
      CHECK(seen == Numbers{1, 2});

      seen.clear();
      int accepted = 0;
      for (int each = 1; each <= 5; ++each) {
        accepted += to.try_tell(Item{each}) ? 1 : 0;
      }
      system.run();
      CHECK(accepted == (policy == overflow::backpressure ? 3 : 5));
      CHECK(seen == (policy == overflow::drop_oldest ? Numbers{3, 4, 5} : Numbers{1, 2, 3}));
    }
    CHECK(system.counts().dead_of(reason::failed) == 3);
  });
}

TEST_CASE("runtime/mailboxes: a ref narrowed once or twice is refused as the whole one") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    const casty::actor_ref<Sink> whole =
        system.spawn(sink(seen), {}, bounded(2, overflow::backpressure));
    const casty::actor_ref<casty::protocol<Item, Count>> beginning = whole;
    const casty::actor_ref<casty::protocol<Quit, Item>> turned = whole;
    const casty::actor_ref<Item> twice = turned;
    const casty::actor_ref<Item> from_beginning = beginning;
    CHECK(turned.try_tell(Item{1}));
    CHECK(twice.try_tell(Item{2}));

    CHECK_FALSE(whole.try_tell(Item{3}));
    CHECK_FALSE(beginning.try_tell(Item{3}));
    CHECK_FALSE(turned.try_tell(Item{3}));
    CHECK_FALSE(twice.try_tell(Item{3}));
    CHECK_FALSE(from_beginning.try_tell(Item{3}));
    CHECK_THROWS_AS(turned.tell(Quit{}), casty::error);
    CHECK_THROWS_AS(twice.tell(Item{3}), casty::error);
    system.run();
    CHECK(seen == Numbers{1, 2});
    twice.tell(Item{4});
    turned.tell(Quit{});
    system.run();
    CHECK(seen == Numbers{1, 2, 4});
    CHECK(system.counts().dead == 0);
  });
}

struct Ask {
  casty::reply_to<int> reply_to;
};
struct Client : casty::protocol<int, Ask> {};

TEST_CASE("runtime/mailboxes: an answer to a full mailbox is a dead letter") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const overflow policy : {overflow::drop_new, overflow::backpressure}) {
      seen.clear();
      const auto before = system.counts();
      const auto client = system.spawn(behaviors::receive<Client>(
          [&seen](int m) {
            seen.push_back(m);
            return behaviors::same;
          },
          behaviors::ignore<Ask>), {}, bounded(2, policy));
      const auto server = system.spawn(behaviors::receive<Ask>([](const Ask& m) {
        m.reply_to.tell(7);
        return behaviors::same;
      }));
      client.tell(1);
      client.tell(2);
      server.tell(Ask{client});
      CHECK_NOTHROW(casty::reply_to<int>(client).tell(3));
      system.run();

      CHECK(seen.size() + system.counts().dead_of(reason::overflow) -
                before.dead_of(reason::overflow) == 4);
      CHECK(system.counts().dead_of(reason::overflow) > before.dead_of(reason::overflow));
      server.tell(Ask{client});
      system.run();
      CHECK(seen.back() == 7);
    }
    CHECK(system.counts().dead_of(reason::failed) == 0);
  });
}

TEST_CASE("runtime/mailboxes: an ask that finds no room, or loses it, ends at once") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const overflow policy : policies) {
      const casty::duration began = system.now();
      const auto to = system.spawn(sink(seen), {}, bounded(1, policy));
      auto first = system.template ask<Count>(to);
      auto later = system.template ask<Count>(to);
      const auto one = first.wait();
      const auto two = later.wait();

      const bool loses_first = policy == overflow::drop_oldest;
      CHECK((loses_first ? one : two).error() == casty::errc::mailbox_full);
      CHECK((loses_first ? two : one).has_value());
      CHECK(system.now() == began);
    }
    CHECK(system.counts().dead_of(reason::overflow) == 3);
  });
}

struct Open {};
struct Locked : casty::protocol<Item, Open> {};

behavior<Locked> locked(Numbers& seen) {
  return behaviors::receive<Locked>(
      [](auto& ctx, Item m) {
        ctx.stash(m);
        return behaviors::same;
      },
      [&seen](auto& ctx, Open) {
        ctx.unstash_all();
        return behaviors::receive<Locked>(
            [&seen](Item m) {
              seen.push_back(m.number);
              return behaviors::same;
            },
            behaviors::ignore<Open>);
      });
}

TEST_CASE("runtime/mailboxes: what is stashed needs no room, and comes back before the rest") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    for (const overflow policy : policies) {
      seen.clear();
      const auto to = system.spawn(locked(seen), {}, bounded(2, policy));
      for (int each = 1; each <= 6; each += 2) {
        to.tell(Item{each});
        to.tell(Item{each + 1});
        system.run();
      }
      to.tell(Open{});
      to.tell(Item{7});
      system.run();
      CHECK(seen == from_to(1, 7));
    }
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/mailboxes: a ref to a dead actor is not refused for its successor") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    std::vector<casty::actor_ref<Sink>> stale;
    for (int round = 0; round < 5; ++round) {
      const auto to = system.spawn(sink(seen), {}, bounded(1, overflow::backpressure));
      // The cell and the word of one that has stopped are used again, and full.
      to.tell(Item{1});
      for (const auto& each : stale) {
        CHECK(each.try_tell(Item{2}));
        CHECK_NOTHROW(each.tell(Item{3}));
      }
      CHECK_FALSE(to.try_tell(Item{4}));
      system.run();
      for (const auto& each : stale) {
        CHECK(each.try_tell(Item{2}));
      }
      CHECK(to.try_tell(Item{5}));
      CHECK_FALSE(to.try_tell(Item{6}));
      system.run();
      stale.push_back(to);
      system.stop(to);
      system.run();
      if (round % 2 == 1) {
        // One without a bound has the cell in between.
        system.spawn(sink(seen)).tell(Quit{});
        system.run();
      }
    }
    CHECK(seen == Numbers{1, 5, 1, 5, 1, 5, 1, 5, 1, 5});
    CHECK(system.counts().dead == system.counts().dead_of(reason::no_such_actor));
    CHECK(system.counts().dead == 3 * (1 + 2 + 3 + 4));
  });
}

struct Feed {
  casty::actor_ref<Item> to;
  int number;
};
struct Fed {
  Numbers seen;
  int refused = 0;
};

behavior<Feed> feeder(Fed& fed) {
  return behaviors::receive<Feed>([&fed](auto& ctx, const Feed& m) {
    if (!m.to.try_tell(Item{m.number})) {
      ++fed.refused;
    } else if (m.number % 100 == 57) {
      m.to.tell(Item{m.number});  // may throw: then this feeder stops
    }
    if (m.number % 100 < 60) {
      ctx.self().tell(Feed{m.to, m.number + 1});
    }
    return behaviors::same;
  });
}

TEST_CASE("runtime/mailboxes: counts stay exact, whatever overflows, fails and stops") {
  under_seeds<Fed>([](auto& system, Fed& fed) {
    std::uint64_t dead = 0;
    system.event_stream().subscribe([&](const casty::dead_letter&) { ++dead; });
    for (const overflow policy : policies) {
      const auto to = system.spawn(sink(fed.seen), {}, bounded(3, policy));
      for (int each = 0; each < 4; ++each) {
        system.spawn(feeder(fed)).tell(Feed{to, 100 * each});
      }
    }
    const auto ends = system.spawn(sink(fed.seen), {}, bounded(2, overflow::backpressure));
    system.spawn(feeder(fed)).tell(Feed{ends, 0});
    ends.tell(Item{-1});
    ends.tell(Quit{});
    system.run();

    const auto all = system.counts();
    CHECK(all.sent == all.handled + all.dead);
    CHECK(all.dead == dead);
    std::uint64_t by_reason = 0;
    for (const std::uint64_t each : all.dead_by_reason) {
      by_reason += each;
    }
    CHECK(by_reason == all.dead);
    for (const int number : fed.seen) {
      REQUIRE(number < 400);
    }
  });
}

struct Step {};

TEST_CASE("runtime/mailboxes: an actor that floods itself does not starve another") {
  under_seeds<Numbers>([](auto& system, Numbers& seen) {
    std::vector<casty::spawn_options> kinds{{}};
    for (const overflow policy : policies) {
      kinds.push_back(bounded(4, policy));
    }
    for (const casty::spawn_options& kind : kinds) {
      int steps = 0;
      const auto flood = system.spawn(behaviors::receive<Step>([&steps](auto& ctx, Step) {
        ++steps;
        (void)ctx.self().try_tell(Step{});
        return behaviors::same;
      }), {}, kind);
      flood.tell(Step{});
      const auto other = system.spawn(sink(seen));
      for (int each = 0; each < 5; ++each) {
        steps = 0;
        REQUIRE(system.template ask<Count>(other).wait().has_value());
        REQUIRE(steps < 500);
      }
      system.stop(flood);
      system.run();
    }
  });
}

}  // namespace
