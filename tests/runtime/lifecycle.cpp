#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using support::under_seeds;

using Log = std::vector<std::string>;

// Says its name when its closure is destroyed, which is when its actor has stopped.
struct Farewell {
  Farewell(Log& to, std::string is) : log(&to), name(std::move(is)) {}
  Farewell(const Farewell&) = delete;
  Farewell(Farewell&& other) noexcept
      : log(std::exchange(other.log, nullptr)), name(std::move(other.name)) {}
  ~Farewell() {
    if (log != nullptr) {
      log->push_back(name);
    }
  }
  Log* log;
  std::string name;
};

struct Grow {
  int depth;
  int width;
};
struct Fail {};
struct Quit {};
struct Tree : casty::protocol<Grow, Fail, Quit> {};

behavior<Tree> tree(Log& log, std::string name) {
  return behaviors::with_state<Tree>(
      Farewell(log, std::move(name)),
      [](auto& ctx, Farewell& self, const Grow& m) {
        for (int child = 0; m.depth > 0 && child < m.width; ++child) {
          const std::string below = self.name.substr(0, 100) + std::to_string(child);
          ctx.spawn(tree(*self.log, below), below).tell(Grow{m.depth - 1, m.width});
        }
        return behaviors::same;
      },
      [](Farewell&, Fail) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Farewell&, Quit) { return behaviors::stopped; });
}

bool before(const Log& log, const std::string& first, const std::string& later) {
  const auto at = [&](const std::string& name) {
    return std::find(log.begin(), log.end(), name) - log.begin();
  };
  return at(first) < at(later) && at(later) < std::ssize(log);
}

TEST_CASE("runtime/lifecycle: children stop before their parent, each once") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto root = system.spawn(tree(log, "r"), "r");
    root.tell(Grow{3, 2});
    system.drain();
    REQUIRE(log.empty());

    system.stop(root);
    system.drain();

    REQUIRE(log.size() == 15);
    CHECK(log.back() == "r");
    CHECK(before(log, "r01", "r0"));
    CHECK(before(log, "r011", "r01"));
    CHECK(before(log, "r1", "r"));
  });
}

TEST_CASE("runtime/lifecycle: a handler that throws stops its actor and its children") {
  under_seeds<Log>([](auto& system, Log& log) {
    int stopped = 0;
    system.event_stream().subscribe([&](const casty::actor_stopped&) { ++stopped; });
    const auto root = system.spawn(tree(log, "r"));
    root.tell(Grow{2, 3});
    root.tell(Fail{});
    root.tell(Quit{});
    system.drain();

    CHECK(log.back() == "r");
    CHECK(std::ssize(log) == stopped);
  });
}

TEST_CASE("runtime/lifecycle: a name is taken while its bearer lives, and free after") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto first = system.spawn(tree(log, "first"), "one");
    CHECK_THROWS_AS((void)system.spawn(tree(log, "second"), "one"), casty::error);
    system.stop(first);
    system.drain();

    const auto later = system.spawn(tree(log, "third"), "one");
    CHECK(later.path().view() == "/user/one");
    CHECK_FALSE(first == later);
    CHECK(first.path().view() == "/dead");
  });
}

TEST_CASE("runtime/lifecycle: a ref to a dead actor never reaches its namesake") {
  under_seeds<Log>([](auto& system, Log& log) {
    int dead = 0;
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      dead += letter.reason == casty::dead_letter_reason::no_such_actor ? 1 : 0;
    });
    const auto first = system.spawn(tree(log, "first"), "one");
    system.stop(first);
    system.drain();
    const auto later = system.spawn(tree(log, "later"), "one");

    first.tell(Quit{});
    system.drain();

    CHECK(dead == 1);
    CHECK(later.path().view() == "/user/one");
    CHECK(log == Log{"first"});
  });
}

TEST_CASE("runtime/lifecycle: names are checked") {
  Log log;
  casty::testkit::test_system system;
  for (const char* bad : {"$1", "a/b", "a b", "\xC3\xA4", "a\n"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)system.spawn(tree(log, "x"), bad), casty::error);
  }
  CHECK_THROWS_AS((void)system.spawn(tree(log, "x"), std::string(128, 'a')), casty::error);
  CHECK_NOTHROW((void)system.spawn(tree(log, "x"), std::string(127, 'a')));
}

struct Start {};
struct Restart {};
struct Count {
  casty::reply_to<int> reply_to;
};
struct Counter : casty::protocol<Start, Restart, Count> {};

behavior<Counter> counting(int count) {
  return behaviors::receive<Counter>(
      [=](Start) { return counting(count + 1); }, [](Restart) { return behaviors::restart; },
      [=](const Count& m) {
        m.reply_to.tell(count);
        return behaviors::same;
      });
}

TEST_CASE("runtime/lifecycle: a restart runs the setup anew and keeps the mailbox") {
  under_seeds<int>([](auto& system, int& setups) {
    const auto counter = system.spawn(behaviors::setup<Counter>([&](auto&) {
      ++setups;
      return counting(0);
    }));
    for (int each = 0; each < 3; ++each) {
      counter.tell(Start{});
    }
    counter.tell(Restart{});
    counter.tell(Start{});

    CHECK(system.template ask<Count>(counter).get() == 1);
    CHECK(setups == 2);
  });
}

TEST_CASE("runtime/lifecycle: a restart without a setup stops the actor") {
  under_seeds<int>([](auto& system, int&) {
    const auto counter = system.spawn(counting(0));
    counter.tell(Restart{});

    CHECK(system.template ask<Count>(counter).wait().error() == casty::errc::dead_target);
  });
}

TEST_CASE("runtime/lifecycle: a restart stops the children first") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto parent = system.spawn(behaviors::setup<Counter>([&](auto& ctx) {
      log.push_back("setup");
      ctx.spawn(tree(log, "child"), "child");
      return counting(0);
    }));
    parent.tell(Restart{});
    system.drain();

    CHECK(log == Log{"setup", "child", "setup"});
  });
}

TEST_CASE("runtime/lifecycle: a setup that fails leaves no actor and no name behind") {
  under_seeds<int>([](auto& system, int&) {
    const auto failing = system.spawn(behaviors::setup<Counter>([](auto&) -> behavior<Counter> {
      throw std::runtime_error("no");
    }), "one");
    CHECK(system.template ask<Count>(failing).wait().error() == casty::errc::dead_target);
    CHECK_NOTHROW((void)system.spawn(counting(0), "one"));

    const auto same = system.spawn(behaviors::setup<Counter>(
        [](auto&) -> behavior<Counter> { return behaviors::same; }));
    CHECK(system.template ask<Count>(same).wait().error() == casty::errc::dead_target);
    const auto gone = system.spawn(behaviors::setup<Counter>(
        [](auto&) -> behavior<Counter> { return behaviors::stopped; }));
    CHECK(system.template ask<Count>(gone).wait().error() == casty::errc::dead_target);
  });
}

TEST_CASE("runtime/lifecycle: any behavior may be returned from any handler") {
  under_seeds<int>([](auto& system, int&) {
    const auto counter = system.spawn(behaviors::receive<Counter>(
        [](Start) {
          return behaviors::setup<Counter>([](auto& ctx) {
            ctx.self().tell(Start{});
            return behaviors::setup<Counter>([](auto&) { return counting(40); });
          });
        },
        behaviors::otherwise([] { return behaviors::unhandled; })));
    counter.tell(Start{});
    system.drain();

    CHECK(system.template ask<Count>(counter).get() == 41);
  });
}

TEST_CASE("runtime/lifecycle: the context of a setup stays valid until the actor stops") {
  under_seeds<int>([](auto& system, int&) {
    const auto counter = system.spawn(behaviors::setup<Counter>([](auto& ctx) {
      return behaviors::receive<Counter>(
          [&ctx](Start) {
            ctx.spawn(counting(1));
            return behaviors::same;
          },
          [&ctx](Restart) {
            ctx.stop(ctx.self());
            return behaviors::same;
          },
          [](const Count& m) {
            m.reply_to.tell(7);
            return behaviors::same;
          });
    }));
    counter.tell(Start{});
    CHECK(system.template ask<Count>(counter).get() == 7);
    counter.tell(Restart{});
    CHECK(system.template ask<Count>(counter).wait().error() == casty::errc::dead_target);
  });
}

TEST_CASE("runtime/lifecycle: a deep chain of actors stops without a deep stack") {
  Log log;
  casty::testkit::test_system system(1, {.name = "deep", .log = casty::log_level::off});
  const auto root = system.spawn(tree(log, ""));
  root.tell(Grow{2000, 1});
  system.drain();
  system.stop(root);
  system.drain();
  CHECK(log.size() == 2001);
}

}  // namespace
