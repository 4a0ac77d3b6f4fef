// The production set: worker threads, real time. What timing decides is not checked here.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;

casty::system_options quiet(unsigned workers) {
  return {.name = "threads", .workers = workers, .log = casty::log_level::off};
}

struct Item {
  int sender;
  int number;
};
struct Total {
  casty::reply_to<int> reply_to;
};
struct Sink : casty::protocol<Item, Total> {};
struct Tally {
  std::map<int, int> next = {};
  int total = 0;
  bool ordered = true;
};

behavior<Sink> sink() {
  return behaviors::with_state<Sink>(
      Tally{},
      [](Tally& tally, Item m) {
        tally.ordered = tally.ordered && m.number == tally.next[m.sender]++;
        ++tally.total;
        return behaviors::same;
      },
      [](const Tally& tally, const Total& m) {
        m.reply_to.tell(tally.ordered ? tally.total : -1);
        return behaviors::same;
      });
}

TEST_CASE("runtime/threads: many threads send to many actors, each in order, none lost") {
  casty::actor_system system(quiet(2));
  constexpr int senders = 4;
  constexpr int each = 5000;
  std::vector<casty::actor_ref<Sink>> sinks;
  for (int made = 0; made < 4; ++made) {
    sinks.push_back(system.spawn(sink()));
  }
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      for (int number = 0; number < each; ++number) {
        for (const auto& to : sinks) {
          to.tell(Item{sender, number});
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));
  for (const auto& to : sinks) {
    CHECK(system.ask<Total>(to).get() == senders * each);
  }
}

struct Ball {
  int left;
};
struct Join {
  casty::actor_ref<Ball> other;
};
struct Player : casty::protocol<Ball, Join> {};

behavior<Player> player(casty::reply_to<int> done, casty::actor_ref<Ball> other) {
  return behaviors::receive<Player>(
      [=](Ball m) {
        if (m.left == 0) {
          done.tell(1);
        } else {
          other.tell(Ball{m.left - 1});
        }
        return behaviors::same;
      },
      behaviors::ignore<Join>);
}

struct Begin {
  int balls;
  casty::reply_to<int> reply_to;
};

TEST_CASE("runtime/threads: two workers play, and the ask of the game ends") {
  casty::actor_system system(quiet(2));
  const auto joins = [](casty::reply_to<int> done) {
    return behaviors::receive<Player>(behaviors::ignore<Ball>, [done](const Join& m) {
      return player(done, m.other);
    });
  };
  const auto game = system.spawn(behaviors::receive<Begin>([&](const Begin& m) {
    const auto left = system.spawn(joins(m.reply_to));
    const auto right = system.spawn(joins(m.reply_to));
    left.tell(Join{right});
    right.tell(Join{left});
    left.tell(Ball{m.balls});
    return behaviors::same;
  }));
  CHECK(system.ask<Begin>(game, 20000).within(casty::duration::seconds(60)).get() == 1);
}

struct Spawn {
  int depth;
  casty::reply_to<int> reply_to;
};
struct Node : casty::protocol<Spawn, int> {};
struct Waiting {
  int missing = 0;
  int sum = 0;
  std::vector<casty::reply_to<int>> asker = {};
};

behavior<Node> node(casty::actor_system& system) {
  return behaviors::with_state<Node>(
      Waiting{},
      [&system](auto& ctx, Waiting& state, const Spawn& m) -> casty::outcome {
        if (m.depth == 0) {
          m.reply_to.tell(1);
          return behaviors::stopped;
        }
        state.missing = 4;
        state.asker.push_back(m.reply_to);
        for (int child = 0; child < 4; ++child) {
          system.spawn(node(system)).tell(Spawn{m.depth - 1, ctx.self()});
        }
        return behaviors::same;
      },
      [](Waiting& state, int leaves) {
        state.sum += leaves;
        if (--state.missing > 0) {
          return behaviors::same;
        }
        state.asker.front().tell(state.sum);
        return behaviors::stopped;
      });
}

TEST_CASE("runtime/threads: a tree spread over the workers grows and is gone") {
  casty::actor_system system(quiet(2));
  std::atomic<int> stopped{0};
  system.event_stream().subscribe([&](const casty::actor_stopped&) { ++stopped; });
  const auto root = system.spawn(node(system));
  CHECK(system.ask<Spawn>(root, 6).within(casty::duration::seconds(60)).get() == 4096);
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(stopped == 5461);
}

TEST_CASE("runtime/threads: actors are stopped while threads send, ask and watch") {
  casty::actor_system system(quiet(2));
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  constexpr int rounds = 300;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        const auto to = system.spawn(sink());
        to.tell(Item{0, 0});
        auto asked = system.ask<Total>(to);
        system.stop(to);
        to.tell(Item{0, 1});
        auto late = system.ask<Total>(to);
        ++(asked.wait() ? answered : failed);
        ++(late.wait() ? answered : failed);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(answered + failed == 2 * 2 * rounds);
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(system.counts().waiting == 0);
}

TEST_CASE("runtime/threads: systems come and go, refs to them stay harmless") {
  std::vector<casty::actor_ref<Sink>> old;
  for (int each = 0; each < 20; ++each) {
    casty::actor_system system(quiet(2));
    old.push_back(system.spawn(sink(), "sink"));
    old.back().tell(Item{0, 0});
  }
  for (const auto& to : old) {
    to.tell(Item{0, 1});
    CHECK(to.path().view() == "/dead");
  }
}

struct Await {
  int asks;
  casty::reply_to<int> reply_to;
};

// The answer may come between the look at the future and the suspension.
TEST_CASE("runtime/threads: futures are awaited by an actor of another worker") {
  casty::actor_system system(quiet(2));
  const auto to = system.spawn(sink());
  const auto waits = system.spawn(behaviors::receive<Await>(
      [&system, to](Await m) -> casty::task<behavior<Await>> {
        int sum = 0;
        for (int each = 0; each < m.asks; ++each) {
          sum += 1 + co_await system.ask<Total>(to);
        }
        m.reply_to.tell(sum);
        co_return behaviors::same;
      }));
  CHECK(system.ask<Await>(waits, 5000).within(casty::duration::seconds(60)).get() == 5000);
}

TEST_CASE("runtime/threads: a handler that never ends is left behind within the deadline") {
  static std::atomic<bool> ends{false};
  static std::atomic<bool> runs{false};
  struct Stick {};
  {
    casty::actor_system system({.name = "stuck",
                                .workers = 1,
                                .log = casty::log_level::off,
                                .shutdown_deadline = casty::duration::milliseconds(100)});
    const auto stuck = system.spawn(behaviors::receive<Stick>([](Stick) {
      runs = true;
      runs.notify_all();
      ends.wait(false);
      return behaviors::same;
    }));
    stuck.tell(Stick{});
    runs.wait(false);
    CHECK_FALSE(system.drain(casty::duration::milliseconds(10)));
    CHECK_FALSE(system.terminate(casty::duration::milliseconds(50)));
    CHECK_FALSE(system.terminate());
  }
  ends = true;
  ends.notify_all();
}

struct Keep {
  casty::reply_to<int> reply_to;
};

TEST_CASE("runtime/threads: an ordinary thread answers, late or while the asker ends its system") {
  std::vector<casty::reply_to<int>> kept;
  const auto keeper = [&kept] {
    return behaviors::receive<Keep>([&kept](const Keep& m) {
      kept.push_back(m.reply_to);
      return behaviors::same;
    });
  };
  {
    casty::actor_system system(quiet(1));
    auto ref = system.spawn(keeper());
    CHECK(system.ask<Keep>(ref).within(casty::duration::milliseconds(1)).wait().error() ==
          casty::errc::timeout);
    CHECK(system.drain());
    std::thread([&] {
      kept.at(0).tell(1);
      kept.at(0).tell(2);
    }).join();
    CHECK(system.drain());
    CHECK(system.counts().dead_of(casty::dead_letter_reason::late_reply) == 2);
  }
  std::thread([&] { kept.at(0).tell(3); }).join();  // nobody is left to count it

  for (int round = 0; round < 100; ++round) {
    kept.clear();
    std::thread answers;
    {
      casty::actor_system system(quiet(1));
      auto asked = system.ask<Keep>(system.spawn(keeper()));
      CHECK(system.drain());
      answers = std::thread([&] { kept.at(0).tell(7); });
      CHECK(asked.get() == 7);
    }
    answers.join();
  }
}

}  // namespace
