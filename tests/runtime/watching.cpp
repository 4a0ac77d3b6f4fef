#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using support::under_seeds;

struct Quit {};
behavior<Quit> mortal() {
  return behaviors::receive<Quit>([](Quit) { return behaviors::stopped; });
}

struct Watch {
  casty::actor_ref<Quit> other;
};
struct WatchWith {
  casty::actor_ref<Quit> other;
  int number;
};
struct Unwatch {
  casty::actor_ref<Quit> other;
};
struct Gone {
  int number;
};
struct Watcher : casty::protocol<Watch, WatchWith, Unwatch, Gone, Quit, casty::terminated> {};
using Heard = std::vector<std::string>;

behavior<Watcher> watcher(Heard& heard) {
  return behaviors::receive<Watcher>(
      [](auto& ctx, const Watch& m) {
        ctx.watch(m.other);
        return behaviors::same;
      },
      [](auto& ctx, const WatchWith& m) {
        ctx.watch_with(m.other, Gone{m.number});
        return behaviors::same;
      },
      [](auto& ctx, const Unwatch& m) {
        ctx.unwatch(m.other);
        return behaviors::same;
      },
      [&heard](Gone m) {
        heard.push_back(std::to_string(m.number));
        return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; },
      [&heard](const casty::terminated& m) {
        heard.emplace_back(m.ref.path().view());
        return behaviors::same;
      });
}

TEST_CASE("runtime/watching: the end of an actor is told once, with its path") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal(), "dying");
    const auto eye = system.spawn(watcher(heard));
    eye.tell(Watch{dying});
    eye.tell(Watch{dying});
    system.drain();
    dying.tell(Quit{});
    system.drain();

    CHECK(heard == Heard{"/user/dying"});
  });
}

TEST_CASE("runtime/watching: an actor already dead is told of at once") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal(), "dying");
    system.stop(dying);
    system.drain();
    const auto eye = system.spawn(watcher(heard));
    eye.tell(WatchWith{dying, 7});
    eye.tell(WatchWith{dying, 8});
    system.drain();

    // The second watch comes when the first may have ended: then it is a watch of its own.
    CHECK((heard == Heard{"7"} || heard == Heard{"7", "8"}));
  });
}

TEST_CASE("runtime/watching: an end is heard once however watch and end interleave") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal(), "dying");
    const auto eye = system.spawn(watcher(heard));
    eye.tell(Watch{dying});
    dying.tell(Quit{});
    system.drain();

    CHECK(heard.size() == 1);
  });
}

TEST_CASE("runtime/watching: after an unwatch nothing is heard") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal(), "dying");
    const auto eye = system.spawn(watcher(heard));
    eye.tell(Watch{dying});
    eye.tell(Unwatch{dying});
    dying.tell(Quit{});
    system.drain();
    CHECK(heard.empty());

    eye.tell(WatchWith{dying, 3});
    system.drain();
    CHECK(heard == Heard{"3"});
  });
}

TEST_CASE("runtime/watching: many watchers are told, and those gone before are not") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal());
    std::vector<casty::actor_ref<Watcher>> eyes;
    for (int each = 0; each < 20; ++each) {
      eyes.push_back(system.spawn(watcher(heard)));
      eyes.back().tell(WatchWith{dying, each});
    }
    system.drain();
    for (std::size_t each = 0; each < 10; ++each) {
      eyes[each].tell(Quit{});
    }
    system.drain();
    dying.tell(Quit{});
    system.drain();

    CHECK(heard.size() == 10);
  });
}

TEST_CASE("runtime/watching: a watch taken up again says what the new one says") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const auto dying = system.spawn(mortal(), "dying");
    const auto eye = system.spawn(watcher(heard));
    eye.tell(WatchWith{dying, 1});
    eye.tell(Unwatch{dying});
    eye.tell(WatchWith{dying, 2});
    eye.tell(Unwatch{dying});
    eye.tell(Watch{dying});
    system.drain();
    dying.tell(Quit{});
    system.drain();
    CHECK(heard == Heard{"/user/dying"});
  });
}

TEST_CASE("runtime/watching: an end that nobody takes is a dead letter of its watcher") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    struct Deaf : casty::protocol<Watch, casty::terminated> {};
    system.event_stream().subscribe([&heard](const casty::dead_letter& letter) {
      heard.emplace_back(letter.target.path().view());
    });
    const auto dying = system.spawn(mortal(), "dying");
    const auto deaf = system.spawn(behaviors::receive<Deaf>(
                                       [](auto& ctx, const Watch& m) {
                                         ctx.watch(m.other);
                                         return behaviors::same;
                                       },
                                       [](const casty::terminated&) {
                                         return behaviors::unhandled;
                                       }),
                                   "deaf");
    deaf.tell(Watch{dying});
    system.drain();
    dying.tell(Quit{});
    system.drain();
    CHECK(heard == Heard{"/user/deaf"});
  });
}

TEST_CASE("runtime/watching: the name is free when a watcher hears of the end") {
  struct Again : casty::protocol<Quit, casty::terminated> {};
  under_seeds<int>([](auto& system, int& spawned) {
    const auto phoenix = system.spawn(behaviors::receive<Again>(
        [&](auto& ctx, Quit) {
          const auto child = ctx.spawn(mortal(), "child");
          ++spawned;
          ctx.watch(child);
          child.tell(Quit{});
          return behaviors::same;
        },
        [&](auto& ctx, const casty::terminated&) {
          if (spawned < 5) {
            ctx.self().tell(Quit{});
          }
          return behaviors::same;
        }));
    phoenix.tell(Quit{});
    system.drain();
    CHECK(spawned == 5);
  });
}

}  // namespace
