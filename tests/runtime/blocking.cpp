// Actors that block, on threads of their own.
#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;

constexpr casty::spawn_options on_own_thread{.dispatcher = casty::dispatcher::blocking};

struct Block {
  std::shared_future<void> until;
  std::promise<void>* entered = nullptr;
};
struct Ping {
  casty::reply_to<int> reply_to;
};
struct Fail {};
struct Blocker : casty::protocol<Block, Ping, Fail> {};

behavior<Blocker> blocker() {
  return behaviors::receive<Blocker>(
      [](const Block& m) {
        if (m.entered != nullptr) {
          m.entered->set_value();
        }
        m.until.wait();
        return behaviors::same;
      },
      [](const Ping& m) {
        m.reply_to.tell(1);
        return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("boom"); });
}

struct Hire {
  bool supervised = false;
  casty::reply_to<casty::actor_ref<Blocker>> reply_to;
};
struct Count {
  casty::reply_to<int> reply_to;
};
struct Manager : casty::protocol<Hire, Count, Ping, casty::terminated> {};

behavior<Manager> manager(int gone = 0) {
  return behaviors::receive<Manager>(
      [](casty::actor_context<Manager>& ctx, const Hire& m) {
        const auto escalate =
            casty::decide([](const std::runtime_error&) { return casty::directive::escalate; });
        auto child = ctx.spawn(m.supervised
                                   ? behaviors::supervise(blocker(), casty::one_for_one_strategy{
                                                                         .decider = escalate})
                                   : blocker(),
                               {}, on_own_thread);
        ctx.watch(child);
        m.reply_to.tell(child);
        return behaviors::same;
      },
      [gone](casty::actor_context<Manager>& ctx, const Count& m) {
        int living = 0;
        for (const casty::any_ref& child : ctx.children()) {
          living += child.path().view().starts_with("/user/manager/") ? 1 : 0;
        }
        m.reply_to.tell(living * 100 + gone);
        return behaviors::same;
      },
      [](const Ping& m) {
        m.reply_to.tell(2);
        return behaviors::same;
      },
      [gone](const casty::terminated&) { return manager(gone + 1); });
}

casty::system_options one_worker() {
  return {.name = "test", .workers = 1, .log = casty::log_level::off};
}

TEST_CASE("runtime/blocking: who blocks on a thread of his own holds nobody up") {
  casty::actor_system system(one_worker());
  auto held_up = system.spawn(blocker(), {}, on_own_thread);
  auto beside = system.spawn(blocker(), {}, on_own_thread);
  auto shared = system.spawn(blocker());
  std::promise<void> held;

  held_up.tell<Block>(held.get_future().share());
  auto late = system.ask<Ping>(held_up);
  CHECK(system.ask<Ping>(shared).get() == 1);
  CHECK(system.ask<Ping>(beside).get() == 1);

  held.set_value();
  CHECK(late.get() == 1);
}

TEST_CASE("runtime/blocking: a child that has ended on its thread is listed no more") {
  struct End {
    casty::reply_to<int> reply_to;
  };
  std::atomic<bool> has_ended{false};
  casty::actor_system system(one_worker());
  system.event_stream().subscribe([&has_ended](const casty::actor_stopped&) {
    has_ended = true;
    has_ended.notify_all();
  });
  const auto of = system.spawn(behaviors::receive<End>([&](auto& ctx, const End& m) {
    const auto listed = [&ctx] {
      int count = 0;
      for ([[maybe_unused]] const casty::any_ref& each : ctx.children()) {
        ++count;
      }
      return count;
    };
    const auto child = ctx.spawn(blocker(), {}, on_own_thread);
    const int before = listed();
    ctx.stop(child);
    has_ended.wait(false);  // that its parent is told so waits for the end of this handler
    m.reply_to.tell(10 * before + listed());
    return behaviors::same;
  }));

  CHECK(system.ask<End>(of).get() == 10);
}

TEST_CASE("runtime/blocking: a blocking actor may wait for an answer") {
  casty::actor_system system(one_worker());
  auto other = system.spawn(blocker());
  auto asker = system.spawn(
      behaviors::receive<Ping>([&system, other](const Ping& m) {
        m.reply_to.tell(10 + system.ask<Ping>(other).get());
        return behaviors::same;
      }),
      {}, on_own_thread);

  CHECK(system.ask<Ping>(asker).get() == 11);
}

TEST_CASE("runtime/blocking: an ask counts its time from when it is made") {
  casty::actor_system system(one_worker());
  std::vector<casty::reply_to<int>> kept;
  auto silent = system.spawn(behaviors::receive<Ping>([&kept](const Ping& m) {
    kept.push_back(m.reply_to);
    return behaviors::same;
  }));
  auto answers = system.spawn(blocker());
  auto asker = system.spawn(
      behaviors::receive<Ping>([&system, silent, answers](casty::actor_context<Ping>& ctx,
                                                          Ping m) -> casty::task<behavior<Ping>> {
        // Blocks longer than the ask that follows may take.
        (void)system.ask<Ping>(silent).within(casty::duration::milliseconds(600)).wait();
        const casty::result<int> answer =
            co_await ctx.ask<Ping>(answers).within(casty::duration::milliseconds(500));
        m.reply_to.tell(answer.value_or(-1));
        co_return behaviors::same;
      }),
      {}, on_own_thread);
  CHECK(system.ask<Ping>(asker).get() == 1);
}

TEST_CASE("runtime/blocking: a blocking child is a child like any other") {
  casty::actor_system system(one_worker());
  auto parent = system.spawn(manager(), "manager");
  auto first = system.ask<Hire>(parent, false).get();
  auto second = system.ask<Hire>(parent, false).get();
  CHECK(system.ask<Count>(parent).get() == 200);

  system.stop(first);
  CHECK(system.drain());
  CHECK(system.ask<Count>(parent).get() == 101);

  // It stops when its parent has: only then has the parent stopped.
  std::atomic<int> stopped = 0;
  std::vector<int> order(2);
  system.event_stream().subscribe([&](const casty::actor_stopped& e) {
    const int place = stopped.fetch_add(1);
    if (place < 2) {
      order[static_cast<std::size_t>(place)] = e.ref == parent ? 2 : 1;
    }
  });
  std::promise<void> held;
  std::promise<void> entered;
  second.tell<Block>(held.get_future().share(), &entered);
  entered.get_future().wait();
  system.stop(parent);
  CHECK(system.ask<Ping>(parent).wait().error() == casty::errc::dead_target);
  CHECK(stopped == 0);
  held.set_value();
  CHECK(system.drain());
  CHECK(stopped == 2);
  CHECK(order == std::vector{1, 2});
}

TEST_CASE("runtime/blocking: a blocking child escalates to its parent's thread") {
  casty::actor_system system(one_worker());
  auto parent = system.spawn(
      behaviors::supervise(manager(), casty::one_for_one_strategy{}), "manager");
  auto child = system.ask<Hire>(parent, true).get();

  child.tell(Fail{});
  CHECK(system.drain());

  CHECK(system.ask<Ping>(child).wait().error() == casty::errc::dead_target);
  CHECK(system.ask<Ping>(parent).get() == 2);
  CHECK(system.ask<Count>(parent).get() / 100 == 0);
}

TEST_CASE("runtime/blocking: a thread that is free again serves the next") {
  casty::actor_system system(one_worker());
  // More than there can be threads at one time.
  for (int each = 0; each < 1500; ++each) {
    auto actor = system.spawn(blocker(), {}, on_own_thread);
    CHECK(system.ask<Ping>(actor).get() == 1);
    system.stop(actor);
    if (each % 10 == 0) {
      CHECK(system.drain());
    }
  }
}

TEST_CASE("runtime/blocking: blocking actors that come and go beside the end of their system") {
  for (int round = 0; round < 50; ++round) {
    casty::actor_system system(one_worker());
    auto parent = system.spawn(manager(), "manager");
    for (int each = 0; each < 4; ++each) {
      parent.tell<Hire>(each % 2 == 0, casty::ignored);
    }
    auto top = system.spawn(blocker(), {}, on_own_thread);
    top.tell<Ping>(casty::ignored);
  }
}

TEST_CASE("runtime/blocking: on one thread they share it") {
  casty::testkit::test_system system;
  auto parent = system.spawn(manager(), "manager");
  auto child = system.ask<Hire>(parent, false).get();

  CHECK(system.ask<Ping>(child).get() == 1);
  CHECK(system.ask<Count>(parent).get() == 100);
  CHECK(system.balanced());
}

}  // namespace
