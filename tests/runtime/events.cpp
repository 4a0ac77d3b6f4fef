#include "casty/runtime/events.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using support::under_seeds;

struct Stop {};
using Seen = std::vector<std::string>;

casty::behavior<Stop> stopping() {
  return behaviors::receive<Stop>([](Stop) { return behaviors::stopped; });
}

TEST_CASE("runtime/events: a start and an end are told in order, until one unsubscribes") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    auto events = system.event_stream();
    events.subscribe([&seen](const casty::actor_started& event) noexcept {
      seen.push_back("+" + std::string(event.ref.path().name()));
    });
    const auto ends = events.subscribe([&seen](casty::actor_stopped event) {
      seen.push_back("-" + std::string(event.ref.path().name()));
    });
    const auto one = system.spawn(stopping(), "one");
    one.tell(Stop{});
    system.drain();
    CHECK(seen == Seen{"+one", "-one"});

    events.unsubscribe(ends);
    events.unsubscribe(ends);
    system.spawn(stopping(), "two").tell(Stop{});
    system.drain();
    CHECK(seen == Seen{"+one", "-one", "+two"});
  });
}

TEST_CASE("runtime/events: an actor that accepts an event hears of it as a message") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    const auto listener =
        system.spawn(behaviors::receive<casty::actor_stopped>([&](const casty::actor_stopped& m) {
          seen.emplace_back(m.ref.path().view());
          return behaviors::same;
        }));
    system.event_stream().template subscribe<casty::actor_stopped>(listener);
    system.spawn(stopping(), "one").tell(Stop{});
    system.drain();
    CHECK(seen == Seen{"/user/one"});
  });
}

}  // namespace
