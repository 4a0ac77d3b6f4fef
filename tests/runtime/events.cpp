#include "casty/runtime/events.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/probe.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::testkit::probe;
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
  under_seeds<int>([](auto& system, int&) {
    probe<casty::actor_stopped> listener(system);
    system.event_stream().template subscribe<casty::actor_stopped>(listener.ref());
    system.spawn(stopping(), "one").tell(Stop{});
    CHECK(listener.expect<casty::actor_stopped>().ref.path().view() == "/user/one");
  });
}

struct Fail {};
struct Odd {};
struct Restart {};
struct Worker : casty::protocol<Stop, Fail, Odd, Restart> {};

casty::behavior<Worker> worker() {
  return behaviors::receive<Worker>(
      [](Stop) { return behaviors::stopped; },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Odd) { return behaviors::unhandled; }, [](Restart) { return behaviors::restart; });
}

// Notes each event of the runtime; `prefix` tells two listeners apart.
void listen(casty::event_stream events, Seen& seen, const std::string& prefix) {
  events.subscribe([&seen, prefix](const casty::actor_started& event) {
    seen.push_back(prefix + "started " + std::string(event.ref.path().name()));
  });
  events.subscribe([&seen, prefix](const casty::actor_restarted& event) {
    seen.push_back(prefix + (event.failure ? "restarted " : "restarted on request ") +
                   std::string(event.ref.path().name()));
  });
  events.subscribe([&seen, prefix](const casty::actor_stopped& event) {
    seen.push_back(prefix + "stopped " + std::string(event.ref.path().name()));
  });
  events.subscribe([&seen, prefix](const casty::unhandled_message& event) {
    seen.push_back(prefix + "unhandled " + std::string(event.message) + " " +
                   std::string(event.actor.path().name()));
  });
  events.subscribe([&seen, prefix](const casty::dead_letter& event) {
    seen.push_back(prefix + "dead " + std::string(event.message) + " " +
                   std::string(to_string(event.reason)));
  });
}

const Seen whole_life{"started one",        "unhandled Odd one", "dead Odd unhandled",
                      "dead Fail failed",   "restarted one",     "restarted on request one",
                      "stopped one",        "dead Odd no_such_actor"};

template <class System>
void live(System& system) {
  const auto one = system.spawn(
      behaviors::supervise(worker(), casty::one_for_one_strategy{}), "one");
  one.tell(Odd{});
  one.tell(Fail{});
  one.tell(Restart{});
  one.tell(Stop{});
  system.run();
  one.tell(Odd{});
  system.run();
}

TEST_CASE("runtime/events: a whole life is told, each event once and in order") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    listen(system.event_stream(), seen, "");
    live(system);
    CHECK(seen == whole_life);
  });
}

// Subscribes a callback that throws what it likes, to every event.
template <class... Events>
void throw_at(casty::event_stream events, int& calls) {
  (events.subscribe([&calls](const Events&) {
    if (++calls % 2 == 0) {
      throw std::runtime_error("a subscriber");
    }
    throw 7;
  }),
   ...);
}

TEST_CASE("runtime/events: a subscriber that throws harms neither actors nor other subscribers") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    int calls = 0;
    const auto all_throw = [&] {
      throw_at<casty::actor_started, casty::actor_restarted, casty::actor_stopped,
               casty::unhandled_message, casty::dead_letter, int>(system.event_stream(), calls);
    };
    all_throw();
    listen(system.event_stream(), seen, "");
    all_throw();
    live(system);
    CHECK(seen == whole_life);
    CHECK(calls == 2 * static_cast<int>(whole_life.size()));
    CHECK_NOTHROW(system.event_stream().publish(5));
    CHECK(calls == 2 * static_cast<int>(whole_life.size()) + 2);
  });
}

TEST_CASE("runtime/events: a subscriber may subscribe and unsubscribe while it is called") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    auto events = system.event_stream();
    std::uint64_t other = 0;
    std::optional<std::uint64_t> self;
    self = events.subscribe([&, kept = std::string("a text beyond the small string")](int event) {
      events.unsubscribe(*self);
      events.unsubscribe(other);
      events.subscribe([&seen](int later) { seen.push_back("later " + std::to_string(later)); });
      // The callback outlives its subscription until it returns.
      seen.push_back(kept.substr(0, 6) + " " + std::to_string(event));
    });
    other = events.subscribe([&seen](int event) {
      seen.push_back("other " + std::to_string(event));
    });
    events.publish(1);
    events.publish(2);
    // The one unsubscribed in the middle of an event still hears of it; the new one does not.
    CHECK(seen == Seen{"a text 1", "other 1", "later 2"});
  });
}

TEST_CASE("runtime/events: an event for a full mailbox is a dead letter, also one of those") {
  struct Heard {
    int stops = 0;
    int letters = 0;
  };
  under_seeds<Heard>([](auto& system, Heard& heard) {
    struct Listener : casty::protocol<casty::actor_stopped, casty::dead_letter> {};
    for (const auto policy : {casty::overflow::drop_new, casty::overflow::drop_oldest,
                              casty::overflow::backpressure}) {
      heard = {};
      const auto before = system.counts();
      const auto listener = system.spawn(
          behaviors::receive<Listener>(
              [&heard](const casty::actor_stopped&) {
                ++heard.stops;
                return behaviors::same;
              },
              [&heard](const casty::dead_letter&) {
                ++heard.letters;
                return behaviors::same;
              }),
          {}, {.mailbox = {.capacity = 2, .overflow = policy}});
      auto events = system.event_stream();
      const auto stops = events.template subscribe<casty::actor_stopped>(listener);
      const auto letters = events.template subscribe<casty::dead_letter>(listener);
      const casty::actor_stopped event{listener};
      for (int each = 0; each < 5; ++each) {
        events.publish(event);
      }
      system.run();
      events.unsubscribe(stops);
      events.unsubscribe(letters);

      CHECK(heard.stops + heard.letters == 2);
      const auto after = system.counts();
      using reason = casty::dead_letter_reason;
      const auto lost = after.dead_of(reason::overflow) - before.dead_of(reason::overflow);
      CHECK(lost == after.dead - before.dead);
      CHECK(after.sent - before.sent == 2 + lost);
      CHECK(lost >= 3);
    }
  });
}

TEST_CASE("runtime/events: a listener that handles no event does not hear of that for ever") {
  under_seeds<int>([](auto& system, int& heard) {
    struct Listener : casty::protocol<casty::unhandled_message, casty::dead_letter, Odd> {};
    const auto listener = system.spawn(behaviors::receive<Listener>(
        [&heard](const casty::unhandled_message&) {
          return ++heard < 1000 ? behaviors::unhandled : behaviors::same;
        },
        [&heard](const casty::dead_letter&) {
          return ++heard < 1000 ? behaviors::unhandled : behaviors::same;
        },
        [](Odd) { return behaviors::unhandled; }));
    system.event_stream().template subscribe<casty::unhandled_message>(listener);
    system.event_stream().template subscribe<casty::dead_letter>(listener);
    listener.tell(Odd{});
    system.run();
    CHECK(heard == 2);
    CHECK(system.counts().dead_of(casty::dead_letter_reason::unhandled) == 3);
  });
}

TEST_CASE("runtime/events: a listener that tells the dead is not told of that for ever") {
  casty::testkit::test_system system;
  const auto gone = system.spawn(stopping());
  gone.tell(Stop{});
  system.run();
  int letters = 0;
  system.event_stream().subscribe([&](const casty::dead_letter&) {
    ++letters;
    gone.tell(Stop{});
  });
  gone.tell(Stop{});
  system.run();
  CHECK(letters == 8);
  system.expect_balanced();
}

}  // namespace
