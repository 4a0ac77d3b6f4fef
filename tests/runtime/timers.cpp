#include "casty/runtime/timers.hpp"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::duration;
using reason = casty::dead_letter_reason;
using support::under_seeds;

constexpr duration ms(std::int64_t count) { return duration::milliseconds(count); }

struct Timed;

// What an actor is to do, so that a test reads from top to bottom.
struct Do {
  std::function<void(casty::actor_context<Timed>&)> act;
};
struct Note {
  std::string text;
};
// May be copied so many times.
struct Scarce {
  explicit Scarce(int copies) : left(copies) {}
  Scarce(const Scarce& other) : left(other.left) {
    if (other.left-- == 0) {
      throw std::runtime_error("no more copies");
    }
  }
  Scarce& operator=(const Scarce&) = delete;
  mutable int left;
};
struct Hold {};
struct Fail {};
struct Quit {};
struct Timed : casty::protocol<Do, Note, Scarce, Hold, Fail, Quit> {};

struct Ask {
  casty::reply_to<int> reply_to;
};

struct World {
  std::vector<std::string> notes;
  std::vector<casty::reply_to<int>> held;
  int scarce = 0;
};
using Notes = std::vector<std::string>;

behavior<Ask> keeper(World& world) {
  return behaviors::receive<Ask>([&world](const Ask& m) {
    world.held.push_back(m.reply_to);
    return behaviors::same;
  });
}

behavior<Timed> timed(World& world, casty::actor_ref<Ask> keeps) {
  return behaviors::receive<Timed>(
      [](casty::actor_context<Timed>& ctx, const Do& m) {
        m.act(ctx);
        return behaviors::same;
      },
      [&world](const Note& m) {
        world.notes.push_back(m.text);
        return behaviors::same;
      },
      [&world](const Scarce&) {
        ++world.scarce;
        return behaviors::same;
      },
      [keeps](casty::actor_context<Timed>& ctx,
              Hold) -> casty::task<behavior<Timed>> {
        (void)co_await ctx.ask<Ask>(keeps).within(duration::seconds(3600));
        co_return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Quit) { return behaviors::stopped; });
}

template <class System>
casty::actor_ref<Timed> spawn(System& system, World& world) {
  return system.spawn(behaviors::supervise(timed(world, system.spawn(keeper(world))),
                                           casty::one_for_one_strategy{}));
}

template <class Act>
void now(const casty::actor_ref<Timed>& to, Act act) {
  to.tell(Do{std::move(act)});
}

void let_go(World& world) {
  for (const auto& each : std::exchange(world.held, {})) {
    each.tell(0);
  }
}

TEST_CASE("runtime/timers: every keeps its rate for ever, without drift") {
  constexpr std::int64_t interval_ns = 7'333'333;
  constexpr std::int64_t ticks = 200'000;
  std::vector<std::int64_t> times;
  casty::testkit::test_system system;
  const casty::duration began = system.now();
  system.spawn(behaviors::setup<int>([&](auto& ctx) {
    ctx.timers().every("tick", 1, duration::nanoseconds(interval_ns));
    return behaviors::receive<int>([&](int) {
      times.push_back((system.now() - began).count());
      return behaviors::same;
    });
  }));
  system.advance(duration::nanoseconds(ticks * interval_ns + 2'000'000));

  REQUIRE(times.size() == ticks);
  for (std::int64_t each = 0; each < ticks; ++each) {
    const std::int64_t late = times[static_cast<std::size_t>(each)] - (each + 1) * interval_ns;
    REQUIRE(late >= 0);
    REQUIRE(late < 2'000'000);
  }
}

TEST_CASE("runtime/timers: the same key replaces, others stand beside it") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) {
      ctx.timers().every("a", Note{"replaced"}, ms(10));
      ctx.timers().once("a", Note{"a"}, ms(30));
      ctx.timers().once("b", Note{"replaced"}, ms(20));
      ctx.timers().every("b", Note{"b"}, ms(50));
      ctx.timers().once("", Note{"no name"}, ms(40));
    });
    system.advance(ms(210));
    CHECK(world.notes == Notes{"a", "no name", "b", "b", "b", "b"});
  });
}

TEST_CASE("runtime/timers: a key is set until its message is taken, or it is cancelled") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) {
      ctx.timers().once("once", Note{"once"}, ms(10));
      ctx.timers().every("every", Note{"every"}, ms(10));
      CHECK(ctx.timers().is_set("once"));
      CHECK(ctx.timers().is_set("every"));
      CHECK_FALSE(ctx.timers().is_set("other"));
      CHECK_FALSE(ctx.timers().cancel("other"));
    });
    system.advance(ms(15));
    now(to, [](auto& ctx) {
      CHECK_FALSE(ctx.timers().is_set("once"));
      CHECK(ctx.timers().is_set("every"));
      CHECK(ctx.timers().cancel("every"));
      CHECK_FALSE(ctx.timers().is_set("every"));
      CHECK_FALSE(ctx.timers().cancel("every"));
    });
    system.advance(ms(100));
    CHECK(world.notes.size() == 2);
  });
}

TEST_CASE("runtime/timers: what a timer has sent is void once its key is taken back") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) {
      ctx.timers().once("replaced", Note{"void"}, ms(5));
      ctx.timers().once("cancelled", Note{"void"}, ms(5));
      ctx.timers().once("kept", Note{"kept"}, ms(5));
      ctx.timers().every("often", Note{"void"}, ms(1));
    });
    to.tell(Hold{});
    system.run();
    now(to, [](auto& ctx) {
      CHECK(ctx.timers().is_set("kept"));
      CHECK(ctx.timers().cancel("cancelled"));
      CHECK(ctx.timers().cancel("often"));
      ctx.timers().once("replaced", Note{"anew"}, ms(30));
    });
    // All run out while the actor waits: what they sent stands behind that message.
    system.advance(ms(20));
    let_go(world);
    system.run();
    CHECK(world.notes == Notes{"kept"});
    system.advance(ms(40));
    CHECK(world.notes == Notes{"kept", "anew"});
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/timers: keys of actors, of the system and of the runtime are apart") {
  under_seeds<World>([](auto& system, World& world) {
    const auto one = spawn(system, world);
    const auto two = spawn(system, world);
    now(one, [](auto& ctx) {
      ctx.timers().once("key", Note{"one"}, ms(10));
      ctx.set_receive_timeout(ms(100), Note{"idle"});
      for (const char* key : {"", "receive_timeout", "idle", "$", "0", "1"}) {
        CHECK_FALSE(ctx.timers().is_set(key));
        CHECK_FALSE(ctx.timers().cancel(key));
      }
    });
    now(two, [](auto& ctx) { ctx.timers().once("key", Note{"two"}, ms(20)); });
    system.schedule("key", two, Note{"system"}, ms(30));
    system.schedule("", two, Note{"no name"}, ms(40));
    now(two, [](auto& ctx) { ctx.timers().cancel(""); });
    system.cancel_schedule("idle");
    system.advance(ms(50));
    CHECK(world.notes == Notes{"one", "two", "system", "no name"});

    now(one, [](auto& ctx) { ctx.timers().once("", Note{"own"}, ms(150)); });
    system.run();
    now(one, [](auto& ctx) { ctx.timers().cancel_all(); });
    system.advance(ms(160));
    CHECK(world.notes.back() == "idle");
    now(one, [](auto& ctx) {
      ctx.timers().once("", Note{"own"}, ms(10));
      ctx.cancel_receive_timeout();
    });
    system.advance(ms(500));
    CHECK(world.notes == Notes{"one", "two", "system", "no name", "idle", "own"});
  });
}

TEST_CASE("runtime/timers: they end with their actor, and with its incarnation") {
  under_seeds<World>([](auto& system, World& world) {
    for (const bool stops : {true, false}) {
      const auto to = spawn(system, world);
      const auto other = spawn(system, world);
      now(to, [other](auto& ctx) {
        ctx.timers().once("once", Note{"once"}, ms(10));
        ctx.timers().every("every", Note{"every"}, ms(10));
        ctx.schedule("other", other, Note{"other"}, ms(10));
        ctx.set_receive_timeout(ms(10), Note{"idle"});
      });
      to.tell(Hold{});
      system.run();
      to.tell(Fail{});
      if (stops) {
        system.stop(to);
      }
      // Some have run out when it ends, and wait in its mailbox.
      system.advance(ms(stops ? 0 : 15));
      const std::size_t before = world.notes.size();
      let_go(world);
      system.advance(ms(500));
      CHECK(world.notes.size() == before);
      if (!stops) {
        now(to, [](auto& ctx) {
          CHECK_FALSE(ctx.timers().is_set("once"));
          CHECK_FALSE(ctx.timers().is_set("every"));
        });
        to.tell(Note{"lives"});
        system.run();
        CHECK(world.notes.back() == "lives");
      }
    }
  });
}

TEST_CASE("runtime/timers: a message to another is sent once, and taken back by its key") {
  under_seeds<World>([](auto& system, World& world) {
    const auto from = spawn(system, world);
    const auto to = spawn(system, world);
    now(from, [to](auto& ctx) {
      const casty::actor_ref<casty::protocol<Quit, Note>> turned = to;
      ctx.schedule("first", turned, Note{"first"}, ms(10));
      ctx.schedule("later", to, Note{"never"}, ms(20));
      ctx.schedule("self", ctx.self(), Note{"self"}, ms(30));
    });
    system.advance(ms(15));
    now(from, [](auto& ctx) {
      CHECK_FALSE(ctx.timers().is_set("first"));
      CHECK(ctx.timers().is_set("later"));
      CHECK(ctx.timers().cancel("later"));
    });
    system.advance(ms(100));
    CHECK(world.notes == Notes{"first", "self"});
    system.stop(to);
    system.run();
    now(from, [to](auto& ctx) { ctx.schedule("dead", to, Note{"dead"}, ms(10)); });
    system.advance(ms(100));
    CHECK(system.counts().dead_of(reason::no_such_actor) == 1);
  });
}

TEST_CASE("runtime/timers: an actor that takes nothing for a while is told, again and again") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) { ctx.set_receive_timeout(ms(100), Note{"idle"}); });
    for (int each = 0; each < 5; ++each) {
      system.advance(ms(60));
      to.tell(Note{"message"});
    }
    system.advance(ms(350));
    CHECK(world.notes == Notes{"message", "message", "message", "message", "message",  //
                               "idle", "idle", "idle"});

    world.notes.clear();
    now(to, [](auto& ctx) { ctx.set_receive_timeout(ms(10), Note{"soon"}); });
    system.advance(ms(25));
    now(to, [](auto& ctx) { ctx.cancel_receive_timeout(); });
    system.advance(ms(1000));
    CHECK(world.notes == Notes{"soon", "soon"});
  });
}

TEST_CASE("runtime/timers: a message whose handler failed was taken all the same") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = system.spawn(behaviors::supervise(
        timed(world, system.spawn(keeper(world))),
        casty::one_for_one_strategy{.decider = casty::decide([](const std::runtime_error&) {
          return casty::directive::resume;
        })}));
    now(to, [](auto& ctx) { ctx.set_receive_timeout(ms(100), Note{"idle"}); });
    for (int each = 0; each < 5; ++each) {
      system.advance(ms(60));
      to.tell(Fail{});
    }
    system.advance(ms(90));
    CHECK(world.notes.empty());
    system.advance(ms(20));
    CHECK(world.notes == Notes{"idle"});
  });
}

TEST_CASE("runtime/timers: an actor that waits in its handler is not idle") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) { ctx.set_receive_timeout(ms(100), Note{"idle"}); });
    to.tell(Hold{});
    system.advance(ms(1050));
    let_go(world);
    system.run();
    CHECK(world.notes.empty());
    system.advance(ms(105));
    CHECK(world.notes == Notes{"idle"});
  });
}

TEST_CASE("runtime/timers: ticks do not pile up while a handler waits") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) { ctx.timers().every("tick", Note{"tick"}, ms(10)); });
    to.tell(Hold{});
    system.run();
    system.advance(ms(1000));
    CHECK(world.notes.empty());
    let_go(world);
    system.run();
    CHECK(world.notes == Notes{"tick"});
    system.advance(ms(15));
    CHECK(world.notes.size() >= 2);
  });
}

TEST_CASE("runtime/timers: a copy that throws fails the actor whose timer it is") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) { ctx.timers().every("scarce", Scarce(4), ms(10)); });
    int restarts = 0;
    system.event_stream().subscribe([&](const casty::actor_restarted&) { ++restarts; });
    system.advance(ms(200));
    CHECK(world.scarce == 4);
    CHECK(restarts == 1);
    to.tell(Note{"lives"});
    system.run();
    CHECK(world.notes == Notes{"lives"});
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("runtime/timers: a copy that throws ends a tick of the system") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    system.tick("scarce", to, Scarce(4), ms(10));
    system.tick("other", to, Note{"tick"}, ms(100));
    system.advance(ms(250));
    CHECK(world.scarce == 4);
    CHECK(world.notes == Notes{"tick", "tick"});
    CHECK_THROWS_AS(system.tick("none", to, Scarce(0), ms(10)), std::runtime_error);
  });
}

TEST_CASE("runtime/timers: an interval is a microsecond at least, and any delay is one") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    now(to, [](auto& ctx) {
      ctx.timers().once("key", Note{"stays"}, ms(10));
      for (const std::int64_t bad : {INT64_MIN, std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{999}}) {
        const duration interval = duration::nanoseconds(bad);
        CHECK_THROWS_AS(ctx.timers().every("key", Note{"bad"}, interval), casty::error);
        CHECK_THROWS_AS(ctx.set_receive_timeout(interval, Note{"bad"}), casty::error);
        CHECK_THROWS_AS(ctx.system().tick("key", ctx.self(), Note{"bad"}, interval),
                        casty::error);
      }
      ctx.timers().once("past", Note{"past"}, duration::seconds(-5));
      ctx.timers().once("never", Note{"never"}, duration::max());
      ctx.timers().every("hardly", Note{"never"}, duration::max());
      ctx.system().schedule("past", ctx.self(), Note{"past"}, duration::nanoseconds(INT64_MIN));
    });
    system.advance(duration::seconds(100'000));
    CHECK(world.notes == Notes{"past", "past", "stays"});
  });
}

TEST_CASE("runtime/timers: those of the system replace each other, and are taken back") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    const casty::actor_ref<casty::protocol<Quit, Note>> turned = to;
    system.tick("a", to, Note{"replaced"}, ms(10));
    system.schedule("a", turned, Note{"a"}, ms(25));
    system.schedule("b", to, Note{"replaced"}, ms(5));
    system.tick("b", turned, Note{"b"}, ms(30));
    system.advance(ms(100));
    CHECK(world.notes == Notes{"a", "b", "b", "b"});
    now(to, [](auto& ctx) { ctx.system().cancel_schedule("b"); });
    system.cancel_schedule("b");
    system.cancel_schedule("none");
    system.advance(ms(100));
    CHECK(world.notes.size() == 4);
  });
}

TEST_CASE("runtime/timers: a tick to an actor that is gone ends by itself") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = spawn(system, world);
    system.tick("tick", to, Note{"tick"}, ms(10));
    system.advance(ms(25));
    system.stop(to);
    system.advance(ms(500));
    CHECK(world.notes == Notes{"tick", "tick"});
    CHECK(system.counts().dead_of(reason::no_such_actor) == 1);
  });
}

TEST_CASE("runtime/timers: a tick that finds a mailbox full is dropped, the next is sent") {
  under_seeds<World>([](auto& system, World& world) {
    for (const auto policy : {casty::overflow::drop_new, casty::overflow::backpressure}) {
      world.notes.clear();
      const auto before = system.counts();
      const auto to = system.spawn(
          timed(world, system.spawn(keeper(world))), {},
          {.mailbox = {.capacity = 1, .overflow = policy}});
      to.tell(Hold{});
      system.run();
      system.tick("tick", to, Note{"tick"}, ms(10));
      system.advance(ms(45));
      CHECK(system.counts().dead_of(reason::overflow) - before.dead_of(reason::overflow) == 3);
      let_go(world);
      system.advance(ms(10));
      CHECK(world.notes == Notes{"tick", "tick"});
    }
  });
}

}  // namespace
