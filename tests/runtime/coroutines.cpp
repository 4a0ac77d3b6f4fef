#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::task;
using support::under_seeds;

struct Get {
  casty::reply_to<std::string> reply_to;
};
struct Release {};
struct Server : casty::protocol<Get, Release> {};
using Kept = std::vector<casty::reply_to<std::string>>;

// Answers only when told to, so that a client stays suspended.
behavior<Server> server() {
  return behaviors::with_state<Server>(
      Kept{},
      [](Kept& kept, const Get& m) {
        kept.push_back(m.reply_to);
        return behaviors::same;
      },
      [](Kept& kept, Release) {
        for (const auto& each : Kept(std::move(kept))) {
          each.tell("an answer that is too long for the small string");
        }
        kept.clear();
        return behaviors::same;
      });
}

struct Work {
  std::string note;
  int await_point;
};
struct Note {
  std::string text;
};
struct Client : casty::protocol<Work, Note> {};

struct World {
  std::vector<std::string> notes;
  int living = 0;  // objects that live in frames
};

// Counts itself, so that a frame that is never destroyed shows.
struct Local {
  explicit Local(World& of) : world(&of) { ++world->living; }
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { --world->living; }
  World* world;
};

task<std::string> helper(World& world, casty::actor_context<Client>& ctx,
                         casty::actor_ref<Server> to) {
  const Local local(world);
  std::string first = co_await ctx.ask<Get>(to);
  co_return first;
}

task<std::string> nested(World& world, casty::actor_context<Client>& ctx,
                         casty::actor_ref<Server> to) {
  const Local local(world);
  auto inner = helper(world, ctx, to);
  std::string text = co_await std::move(inner);
  co_return text;
}

behavior<Client> client(World& world, casty::actor_system& system,
                        casty::actor_ref<Server> to, std::string captured) {
  return behaviors::receive<Client>(
      [=, &world, &system](casty::actor_context<Client>& ctx,
                           const Work& m) -> task<behavior<Client>> {
        const Local local(world);
        auto early = ctx.ask<Get>(to);
        if (m.await_point == 0) {
          std::string text = co_await std::move(early);
          world.notes.push_back(text);
        }
        if (m.await_point == 1) {
          const auto result = co_await ctx.ask<Get>(to).outcome();
          world.notes.push_back(result.value_or("none"));
        }
        if (m.await_point == 2) {
          auto inner = nested(world, ctx, to);
          std::string text = co_await std::move(inner);
          world.notes.push_back(text);
        }
        if (m.await_point == 3) {
          std::string text = co_await system.ask<Get>(to);
          world.notes.push_back(text);
        }
        if (m.await_point == 4) {
          // Two helpers wait at once; the second is awaited first.
          auto one = helper(world, ctx, to);
          auto two = nested(world, ctx, to);
          std::string second = co_await std::move(two);
          std::string first = co_await std::move(one);
          world.notes.push_back(first + second);
        }
        if (m.await_point == 5) {
          // One helper is abandoned while its answer may be there already.
          auto one = helper(world, ctx, to);
          std::string text = co_await ctx.ask<Get>(to);
          throw std::runtime_error(text);
        }
        world.notes.push_back(m.note + captured);
        co_return behaviors::same;
      },
      [&world](const Note& m) {
        world.notes.push_back(m.text);
        return behaviors::same;
      });
}

constexpr int await_points = 6;
const char* const long_text = "captured, and too long for the small string";

TEST_CASE("runtime/coroutines: message and captures live until a handler that waits ends") {
  for (int point = 0; point < await_points - 1; ++point) {
    CAPTURE(point);
    under_seeds<World>([point](auto& system, World& world) {
      const auto to = system.spawn(server());
      const auto waits = system.spawn(client(world, system, to, long_text));
      waits.tell(Work{"a note that is too long for the small string, ", point});
      waits.tell(Note{"last"});
      system.run();
      CHECK(world.notes.empty());
      for (int round = 0; round < 3; ++round) {
        to.tell(Release{});
        system.run();
      }
      REQUIRE(world.notes.size() == 3);
      CHECK(world.notes[1] == std::string("a note that is too long for the small string, ") +
                                  long_text);
      CHECK(world.notes[2] == "last");
      CHECK(world.living == 0);
    });
  }
}

TEST_CASE("runtime/coroutines: an actor is stopped while its handler waits, at each await") {
  for (int point = 0; point < await_points; ++point) {
    CAPTURE(point);
    under_seeds<World>([point](auto& system, World& world) {
      const auto to = system.spawn(server());
      const auto waits = system.spawn(client(world, system, to, long_text));
      waits.tell(Work{"a note", point});
      waits.tell(Note{"never"});
      system.run();
      CHECK(world.living > 0);

      system.stop(waits);
      system.run();
      CHECK(world.living == 0);
      CHECK(world.notes.empty());

      to.tell(Release{});
      system.drain();
      CHECK(world.notes.empty());
    });
  }
}

TEST_CASE("runtime/coroutines: stop and answer may come in any order") {
  for (int point = 0; point < await_points; ++point) {
    CAPTURE(point);
    under_seeds<World>([point](auto& system, World& world) {
      const auto to = system.spawn(server());
      const auto waits = system.spawn(client(world, system, to, long_text));
      waits.tell(Work{"a note", point});
      system.run();
      to.tell(Release{});
      system.stop(waits);
      system.drain();
      CHECK(world.living == 0);
    });
  }
}

TEST_CASE("runtime/coroutines: a handler that throws after waiting fails its actor") {
  under_seeds<World>([](auto& system, World& world) {
    int failed = 0;
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      failed += letter.reason == casty::dead_letter_reason::failed ? 1 : 0;
    });
    const auto to = system.spawn(server());
    const auto waits = system.spawn(client(world, system, to, long_text));
    waits.tell(Work{"a note", 5});
    system.run();
    to.tell(Release{});
    system.drain();
    CHECK(world.living == 0);
    CHECK(failed == 1);
    CHECK(world.notes.empty());
  });
}

TEST_CASE("runtime/coroutines: the system ends while a handler waits") {
  World world;
  {
    casty::testkit::test_system system(1, {.name = "test", .log = casty::log_level::off});
    const auto to = system.spawn(server());
    const auto waits = system.spawn(client(world, system, to, long_text));
    waits.tell(Work{"a note", 2});
    system.run();
    CHECK(world.living == 3);
  }
  CHECK(world.living == 0);
}

// The shapes of await that users write; g++ 12 destroys some other shapes twice.
struct Add {
  std::unique_ptr<int> number;
  std::string text;
  casty::reply_to<std::unique_ptr<int>> reply_to;
};
struct Go {
  casty::actor_ref<Add> to;
};

TEST_CASE("runtime/coroutines: awaits with temporaries, moves, conditions and nesting") {
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto adder = system.spawn(behaviors::receive<Add>([](Add&& m) {
      *m.number += static_cast<int>(m.text.size());
      m.reply_to.tell(std::move(m.number));
      return behaviors::same;
    }));
    const auto goes = system.spawn(behaviors::receive<Go>(
        [&seen](casty::actor_context<Go>& ctx, Go m) -> task<behavior<Go>> {
          auto one = co_await ctx.ask<Add>(m.to, std::make_unique<int>(1), "two");
          seen.push_back(*one);
          auto two = co_await ctx.ask<Add>(m.to, std::move(one), std::string("three"));
          seen.push_back(*two);
          if (*two == 9) {
            auto three = co_await ctx.ask<Add>(m.to, std::move(two), "");
            seen.push_back(*three);
          }
          for (int each = 0; each < 3; ++each) {
            auto result = co_await ctx.ask<Add>(m.to, std::make_unique<int>(each),
                                                std::string(200, 'x'))
                              .within(casty::duration::seconds(1))
                              .outcome();
            seen.push_back(**result);
          }
          co_return behaviors::stopped;
        }));
    goes.tell(Go{adder});
    system.drain();
    CHECK(seen == std::vector<int>{4, 9, 9, 200, 201, 202});
  });
}

}  // namespace
