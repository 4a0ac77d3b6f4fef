// Trees of supervised actors that fail, restart and stop at random, from a seed.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using casty::behavior;
using casty::directive;
using casty::testkit::test_system;

struct Act {};
struct Wait {};
struct Probe {
  casty::reply_to<int> reply_to;
};
struct Node : casty::protocol<Act, Wait, Probe> {};
using Context = casty::actor_context<Node>;

struct Ended {
  std::size_t node;
};
struct Watch {
  casty::actor_ref<Node> node;
  std::size_t number;
};
struct Watcher : casty::protocol<Watch, Ended> {};

constexpr std::size_t nodes_max = 80;

struct World {
  casty::testkit::seeded_random chance{1};
  bool calm = false;  // nothing fails, stops or is spawned any more
  std::vector<casty::actor_ref<Node>> nodes;
  std::vector<int> ended;       // how often each was said to be, to the first watcher
  std::vector<int> ended_also;  // to the second
  std::vector<casty::actor_ref<Watcher>> watchers;
  int beyond_the_end = 0;  // turns of actors that had ended
  int failures = 0;
  int restarts = 0;

  bool likely(unsigned percent) { return chance.next() % 100 < percent; }
  void perhaps_fail(unsigned percent) {
    if (!calm && likely(percent)) {
      ++failures;
      throw std::runtime_error("by chance");
    }
  }
  // Rather one that lives.
  casty::actor_ref<Node> any() {
    std::size_t found = 0;
    for (int attempt = 0; attempt < 6; ++attempt) {
      found = chance.next() % nodes.size();
      if (ended[found] == 0) {
        break;
      }
    }
    return nodes[found];
  }

  behavior<Watcher> watcher(std::vector<int>& counts) {
    return behaviors::receive<Watcher>(
        [](auto& ctx, const Watch& m) {
          ctx.watch_with(m.node, Ended{m.number});
          return behaviors::same;
        },
        [&counts](Ended m) {
          ++counts[m.node];
          return behaviors::same;
        });
  }
  void add(casty::actor_ref<Node> made) {
    for (const auto& each : watchers) {
      each.tell(Watch{made, nodes.size()});
    }
    nodes.push_back(made);
    ended.push_back(0);
    ended_also.push_back(0);
  }

  casty::decider decides() {
    return casty::decider([this](const std::exception_ptr&) {
      if (likely(3)) {
        throw std::runtime_error("a decider, by chance");
      }
      constexpr directive all[] = {directive::restart,  directive::restart, directive::restart,
                                   directive::restart,  directive::stop,    directive::escalate,
                                   directive::escalate, directive::resume,  directive::resume};
      return all[chance.next() % std::size(all)];
    });
  }
  casty::restart_backoff waits() {
    return likely(30) ? casty::restart_backoff{.min = 500ms, .max = 4s} : casty::restart_backoff{};
  }
  behavior<Node> supervised(behavior<Node> inner) {
    const auto most = static_cast<std::uint32_t>(chance.next() % 12);
    if (likely(30)) {
      return behaviors::supervise(
          std::move(inner),
          casty::all_for_one_strategy{
              .max_restarts = most, .within = 10s, .decider = decides(), .backoff = waits()});
    }
    return behaviors::supervise(
        std::move(inner),
        casty::one_for_one_strategy{
            .max_restarts = most, .within = 10s, .decider = decides(), .backoff = waits()});
  }
  behavior<Node> hooked(behavior<Node> inner) {
    return behaviors::with_lifecycle(
        std::move(inner), {.pre_start = [this] { perhaps_fail(5); },
                           .post_stop =
                               [this](Context& ctx) {
                                 spawn(ctx, 5);
                                 perhaps_fail(10);
                               },
                           .pre_restart =
                               [this](Context& ctx, const std::exception_ptr&) {
                                 spawn(ctx, 10);
                                 perhaps_fail(10);
                               },
                           .post_restart = [this] { perhaps_fail(5); }});
  }
  behavior<Node> made_in_setup() {
    return behaviors::setup<Node>([this](Context& ctx) {
      spawn(ctx, 40);
      perhaps_fail(10);
      spawn(ctx, 40);
      return likely(20) ? layered() : serving();
    });
  }
  behavior<Node> layered() {
    behavior<Node> made = likely(70) ? made_in_setup() : serving();
    for (std::uint64_t left = chance.next() % 4; left > 0; --left) {
      made = likely(60) ? supervised(std::move(made)) : hooked(std::move(made));
    }
    return made;
  }
  void spawn(Context& ctx, unsigned percent) {
    if (!calm && nodes.size() < nodes_max && likely(percent)) {
      add(ctx.spawn(layered()));
    }
  }

  behavior<Node> act(Context& ctx) {
    const casty::actor_ref<Node> self = ctx.self();
    for (std::size_t each = 0; each < nodes.size(); ++each) {
      beyond_the_end += nodes[each] == self && ended[each] != 0 ? 1 : 0;
    }
    if (calm) {
      return behaviors::same;
    }
    spawn(ctx, 15);
    any().tell(Act{});
    perhaps_fail(20);
    switch (chance.next() % 24) {
      case 0:
        return behaviors::stopped;
      case 1:
        return behaviors::restart;
      case 2:
        return behaviors::unhandled;
      case 3:
        ctx.stop(any());
        return behaviors::same;
      case 4:
        ctx.stop(ctx.self());
        perhaps_fail(50);
        return serving();
      case 5:
        return layered();
      case 6:
        ctx.stash(Act{});
        return behaviors::same;
      case 7:
        ctx.unstash_all();
        perhaps_fail(20);
        return behaviors::same;
      case 8:
        ctx.timers().once("again", Act{}, 2s);
        return behaviors::same;
      default:
        return behaviors::same;
    }
  }
  casty::task<behavior<Node>> wait(Context& ctx) {
    perhaps_fail(10);
    const auto asked = any();
    (void)co_await ctx.ask<Probe>(asked).within(1s).outcome();
    perhaps_fail(15);
    behavior<Node> next = act(ctx);
    co_return next;
  }
  behavior<Node> serving() {
    return behaviors::receive<Node>([this](Context& ctx, Act) { return act(ctx); },
                                    [this](Context& ctx, Wait) { return wait(ctx); },
                                    [](const Probe& m) {
                                      m.reply_to.tell(1);
                                      return behaviors::same;
                                    });
  }

  void start(test_system& system) {
    chance = casty::testkit::seeded_random(system.seed());
    system.event_stream().subscribe([this](const casty::actor_restarted&) { ++restarts; });
    nodes.reserve(nodes_max);
    watchers.push_back(system.spawn(watcher(ended)));
    watchers.push_back(system.spawn(watcher(ended_also)));
    for (int each = 0; each < 4; ++each) {
      add(system.spawn(supervised(hooked(layered()))));
    }
  }
  void upset(test_system& system) {
    for (int round = 0; round < 30; ++round) {
      for (int each = 0; each < 4; ++each) {
        likely(75) ? any().tell(Act{}) : any().tell(Wait{});
      }
      if (likely(10)) {
        system.stop(any());
      }
      if (likely(40)) {
        add(system.spawn(supervised(layered())));
      }
      if (likely(50)) {
        system.run();
      }
      if (likely(50)) {
        system.advance(casty::duration::milliseconds(static_cast<int>(chance.next() % 2000)));
      }
    }
    calm = true;
    system.advance(600s);
    CHECK(system.drain());
  }
};

// Every actor either answers, or each of its watchers has been told once that it ended.
void check_each(test_system& system, World& world) {
  for (std::size_t each = 0; each < world.nodes.size(); ++each) {
    CAPTURE(each);
    const casty::errc found = system.ask<Probe>(world.nodes[each]).wait().error();
    const int wanted = found == casty::errc{} ? 0 : 1;
    CHECK((wanted == 0 || found == casty::errc::dead_target));
    CHECK(world.ended[each] == wanted);
    CHECK(world.ended_also[each] == wanted);
  }
}

void trees_under_seeds(unsigned workers) {
  int failures = 0;
  int restarts = 0;
  std::size_t alive = 0;
  support::under_seeds<World>(
      [&](test_system& system, World& world) {
        world.start(system);
        world.upset(system);
        check_each(system, world);
        CHECK(world.beyond_the_end == 0);
        failures += world.failures;
        restarts += world.restarts;
        for (const int each : world.ended) {
          alive += each == 0 ? 1 : 0;
        }

        for (const auto& each : world.nodes) {
          system.stop(each);
        }
        CHECK(system.drain());
        for (std::size_t each = 0; each < world.nodes.size(); ++each) {
          CHECK(world.ended[each] == 1);
          CHECK(world.ended_also[each] == 1);
        }
        CHECK(system.counts().waiting == 0);
        CHECK(system.balanced());
        CHECK(system.living_actors().size() == world.watchers.size());
      },
      workers);
  // It is a test only as long as much happens.
  if (std::getenv("CASTY_SEED") == nullptr) {
    CHECK(failures > 2000);
    CHECK(restarts > 1000);
    CHECK(alive > 200);
  }
}

TEST_CASE("runtime/random_trees: an actor serves, or its watchers know of its end, once") {
  trees_under_seeds(1);
}

TEST_CASE("runtime/random_trees: the same while actors move from worker to worker") {
  trees_under_seeds(3);
}

}  // namespace
