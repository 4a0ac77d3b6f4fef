// How systems end: who is told, who waits, and what becomes of what comes too late.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using casty::dead_letter_reason;
using casty::errc;

struct Ask {
  casty::reply_to<int> reply_to;
};

casty::behavior<Ask> answering() {
  return behaviors::receive<Ask>([](const Ask& m) {
    m.reply_to.tell(1);
    return behaviors::same;
  });
}

casty::behavior<Ask> keeping(std::vector<casty::reply_to<int>>& kept) {
  return behaviors::receive<Ask>([&kept](const Ask& m) {
    kept.push_back(m.reply_to);
    return behaviors::same;
  });
}

casty::system_options one_worker() {
  return {.name = "ends", .workers = 1, .log = casty::log_level::off};
}

struct Step {};
struct Load {
  bool begins_with_setup;
  casty::reply_to<casty::actor_ref<Step>> reply_to;
};

TEST_CASE("runtime/endings: a stop does not wait for a long turn, be it the first after a setup") {
  constexpr int steps = 5000;
  constexpr int steps_at_most = 1024;
  std::atomic<int> handled{0};
  std::atomic<bool> runs{false};
  std::atomic<bool> is_told{false};
  const auto works = [&] {
    return behaviors::receive<Step>([&](Step) {
      if (++handled == 1) {
        runs = true;
        runs.notify_all();
        is_told.wait(false);
      }
      return behaviors::same;
    });
  };
  casty::actor_system system(one_worker());
  const auto loads = system.spawn(behaviors::receive<Load>([&](auto& ctx, const Load& m) {
    const auto child = m.begins_with_setup
                     ? ctx.spawn(behaviors::setup<Step>([&](auto&) { return works(); }))
                     : ctx.spawn(works());
    for (int step = 0; step < steps; ++step) {
      child.tell(Step{});
    }
    m.reply_to.tell(child);
    return behaviors::same;
  }));

  bool begins_with_setup = false;
  SUBCASE("an ordinary one") {}
  SUBCASE("the first after a setup") { begins_with_setup = true; }
  const auto loaded = system.ask<Load>(loads, begins_with_setup).get();
  runs.wait(false);
  system.stop(loaded);
  is_told = true;
  is_told.notify_all();
  REQUIRE(system.drain());

  CHECK(handled.load() <= steps_at_most);
  CHECK(system.counts().dead_of(dead_letter_reason::stopped) ==
        static_cast<std::uint64_t>(steps - handled));
}

TEST_CASE("runtime/endings: who terminates second waits for the first") {
  struct Work {};
  std::atomic<bool> runs = false;
  std::atomic<bool> may_end = false;
  std::atomic<bool> has_ended = false;
  casty::actor_system system(one_worker());
  const auto works = system.spawn(behaviors::receive<Work>([&](Work) {
    runs = true;
    runs.notify_all();
    may_end.wait(false);
    has_ended = true;
    return behaviors::same;
  }));
  works.tell(Work{});
  runs.wait(false);

  std::thread first([&] { system.terminate(60s); });
  std::atomic<bool> calls = false;
  bool ended_before = false;
  std::thread second([&] {
    calls = true;
    calls.notify_all();
    system.terminate(60s);
    ended_before = has_ended;
  });
  calls.wait(false);
  may_end = true;
  may_end.notify_all();
  first.join();
  second.join();
  CHECK(ended_before);
}

TEST_CASE("runtime/endings: what is sent later is a dead letter, and counted") {
  casty::actor_system system(one_worker());
  const auto gone = system.spawn(answering());
  CHECK(system.terminate());
  const auto before = system.counts();
  for (int each = 0; each < 5; ++each) {
    gone.tell<Ask>(casty::ignored);
  }
  const auto counts = system.counts();
  CHECK(counts.sent - before.sent == 5);
  CHECK(counts.dead_of(dead_letter_reason::system_terminated) == 5);
  CHECK(counts.sent == counts.handled + counts.dead + counts.waiting);
  CHECK(system.ask<Ask>(gone).wait().error() == errc::system_terminated);
}

TEST_CASE("runtime/endings: a future ends with its system, though its reply lives on") {
  std::vector<casty::reply_to<int>> kept;
  std::atomic<int> ended = 0;
  std::atomic<errc> how{};
  {
    casty::actor_system system(one_worker());
    const auto keeps = system.spawn(keeping(kept));
    system.ask<Ask>(keeps).within(1h).then([&](const casty::result<int>& answer) {
      how = answer.error();
      ++ended;
    });
    CHECK(system.drain());
    CHECK(ended == 0);
  }
  CHECK(ended == 1);
  CHECK(how == errc::system_terminated);
  kept.clear();
  CHECK(ended == 1);
}

TEST_CASE("runtime/endings: a future whose time is over is called, whoever comes first") {
  std::vector<casty::reply_to<int>> kept;
  std::atomic<int> called = 0;
  {
    casty::actor_system system(one_worker());
    const auto keeps = system.spawn(keeping(kept));
    for (int each = 0; each < 1000; ++each) {
      system.ask<Ask>(keeps).within(0ns).then([&](const casty::result<int>&) { ++called; });
    }
    CHECK(system.drain());
  }
  CHECK(called == 1000);
}

TEST_CASE("runtime/endings: a future outlives its system") {
  auto system = std::make_unique<casty::actor_system>(one_worker());
  std::vector<casty::reply_to<int>> kept;
  auto open = system->ask<Ask>(system->spawn(keeping(kept)));
  CHECK(system->drain());
  system.reset();
  CHECK(std::move(open).within(1s).wait().error() == errc::system_terminated);
}

TEST_CASE("runtime/endings: an actor may end a system of its own") {
  casty::actor_system outer(one_worker());
  const auto host = outer.spawn(behaviors::receive<Ask>([](const Ask& m) {
    casty::actor_system inner(one_worker());
    inner.spawn(answering()).tell<Ask>(m.reply_to);
    return behaviors::same;
  }));
  CHECK(outer.ask<Ask>(host).get() == 1);
}

TEST_CASE("runtime/endings: what a last hook takes out of the stash is a dead letter") {
  casty::testkit::test_system system;
  const auto stashes = system.spawn(behaviors::with_lifecycle(
      behaviors::receive<Ask>([](casty::actor_context<Ask>& ctx, Ask&& m) {
        ctx.stash(std::move(m));
        return behaviors::same;
      }),
      {.post_stop = [](casty::actor_context<Ask>& ctx) {
        ctx.stash(Ask{casty::ignored});
        ctx.unstash_all();
      }}));
  auto asked = system.ask<Ask>(stashes);
  system.run();
  system.stop(stashes);
  CHECK(system.drain());
  system.expect_balanced();
  CHECK(system.counts().waiting == 0);
  CHECK(asked.wait().error() == errc::dead_target);
}

TEST_CASE("runtime/endings: a system has a name that logs can show") {
  CHECK_THROWS_AS(casty::actor_system("a:b"), casty::error);
  CHECK_THROWS_AS(casty::actor_system("a b"), casty::error);
  CHECK(casty::actor_system("a-b_c.d").name() == "a-b_c.d");
}

}  // namespace
