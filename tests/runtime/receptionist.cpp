#include "casty/runtime/receptionist.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::actor_ref;
using casty::behavior;
using casty::service_key;
using support::under_seeds;

struct Ping {
  casty::reply_to<int> reply_to;
};
struct Quit {};
struct Server : casty::protocol<Quit, Ping> {};

behavior<Server> server(int number = 0) {
  return behaviors::receive<Server>([](Quit) { return behaviors::stopped; },
                                    [number](const Ping& m) {
                                      m.reply_to.tell(number);
                                      return behaviors::same;
                                    });
}

using Pings = casty::listing<Ping>;
struct Silence {};
struct Listener : casty::protocol<Silence, Pings, Quit> {};
// How many were listed, each time.
using Heard = std::vector<std::uint32_t>;

behavior<Listener> listener(Heard& heard) {
  return behaviors::receive<Listener>(
      behaviors::ignore<Silence>,
      [&heard](const Pings& m) {
        heard.push_back(m.size());
        return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; });
}

TEST_CASE("runtime/receptionist: who registers is found, in order and once") {
  under_seeds<Heard>([](auto& system, Heard&) {
    const service_key<Ping> key("pings");
    const casty::receptionist reception(system);
    CHECK(reception.find(key).get().empty());
    const actor_ref<Server> first = system.spawn(server(1));
    const actor_ref<Server> second = system.spawn(server(2));
    reception.register_service(key, first);  // narrows to Ping
    reception.register_service(key, second);
    reception.register_service(key, first);

    const auto all = reception.find(key).get();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == first);
    CHECK(all[1] == second);
    CHECK(all.contains(second));
    CHECK(all.key() == key);
    CHECK(all.key().name() == "pings");
    CHECK(system.template ask<Ping>(all[1]).get() == 2);
    const std::vector<actor_ref<Ping>> copied(all.begin(), all.end());
    CHECK(copied == std::vector<actor_ref<Ping>>{first, second});
  });
}

TEST_CASE("runtime/receptionist: who deregisters is listed no more, and may come again") {
  under_seeds<Heard>([](auto& system, Heard&) {
    const service_key<Ping> key("pings");
    const casty::receptionist reception(system);
    const actor_ref<Server> first = system.spawn(server());
    const actor_ref<Server> second = system.spawn(server());
    reception.deregister(key, first);
    reception.register_service(key, first);
    reception.register_service(key, second);
    reception.deregister(key, first);
    const auto left = reception.find(key).get();
    CHECK(left.size() == 1);
    CHECK_FALSE(left.contains(first));

    reception.register_service(key, first);
    const auto again = reception.find(key).get();
    CHECK(again.size() == 2);
    CHECK(again[1] == first);
  });
}

TEST_CASE("runtime/receptionist: an actor that stops vanishes from all its keys") {
  under_seeds<Heard>([](auto& system, Heard&) {
    const service_key<Ping> pings("pings");
    const service_key<Server> servers("servers");
    const casty::receptionist reception(system);
    const actor_ref<Server> mortal = system.spawn(server());
    reception.register_service(pings, mortal);
    reception.register_service(servers, mortal);
    CHECK(reception.find(servers).get().size() == 1);
    mortal.tell(Quit{});
    CHECK(system.drain());
    CHECK(reception.find(pings).get().empty());
    CHECK(reception.find(servers).get().empty());

    reception.register_service(pings, mortal);
    CHECK(reception.find(pings).get().empty());
  });
}

TEST_CASE("runtime/receptionist: keys of one name and two protocols do not meet") {
  under_seeds<Heard>([](auto& system, Heard&) {
    const service_key<Ping> pings("service");
    const service_key<Server> servers("service");
    const casty::receptionist reception(system);
    reception.register_service(pings, system.spawn(server()));

    CHECK(reception.find(pings).get().size() == 1);
    CHECK(reception.find(servers).get().empty());
    CHECK(reception.find(service_key<Ping>("service")).get().size() == 1);
    CHECK(reception.find(service_key<Ping>("other")).get().empty());
    CHECK_FALSE(pings == service_key<Ping>("other"));
  });
}

TEST_CASE("runtime/receptionist: a subscriber hears what is, then each change") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const service_key<Ping> key("pings");
    const casty::receptionist reception(system);
    const auto ear = system.spawn(listener(heard));
    const actor_ref<Server> first = system.spawn(server());
    reception.register_service(key, first);
    reception.subscribe(key, ear);
    CHECK(system.drain());
    CHECK(heard == Heard{1});

    const actor_ref<Server> second = system.spawn(server());
    reception.register_service(key, second);
    reception.register_service(key, second);  // no change
    reception.register_service(service_key<Ping>("other"), second);
    CHECK(system.drain());
    CHECK(heard == Heard{1, 2});
    first.tell(Quit{});
    CHECK(system.drain());
    reception.deregister(key, second);
    CHECK(system.drain());
    CHECK(heard == Heard{1, 2, 1, 0});

    reception.unsubscribe(key, ear);
    reception.register_service(key, second);
    CHECK(system.drain());
    CHECK(heard.size() == 4);
  });
}

TEST_CASE("runtime/receptionist: a subscriber that has stopped is told nothing more") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const service_key<Ping> key("pings");
    const casty::receptionist reception(system);
    const auto ear = system.spawn(listener(heard));
    reception.subscribe(key, ear);
    CHECK(system.drain());
    ear.tell(Quit{});
    CHECK(system.drain());
    reception.register_service(key, system.spawn(server()));
    CHECK(system.drain());

    CHECK(heard == Heard{0});
    CHECK(system.counts().dead == 0);
  });
}

struct Look {};
struct Seeker : casty::protocol<Look, Pings> {};
behavior<Seeker> seeker(service_key<Ping> key, Heard& heard) {
  using context = casty::actor_context<Seeker>;
  return behaviors::receive<Seeker>(
      [key, &heard](context& ctx, Look) -> casty::task<behavior<Seeker>> {
        const casty::receptionist reception(ctx.system());
        const Pings all = co_await reception.find(key);
        heard.push_back(all.size());
        ctx.pipe_to_self(reception.find(key),
                         [](casty::result<Pings> found) { return std::move(found.value()); });
        co_return behaviors::same;
      },
      [&heard](const Pings& m) {
        heard.push_back(m.size() + 10);
        return behaviors::same;
      });
}

TEST_CASE("runtime/receptionist: an actor awaits what it looks for, or has it piped") {
  under_seeds<Heard>([](auto& system, Heard& heard) {
    const service_key<Ping> key("pings");
    casty::receptionist(system).register_service(key, system.spawn(server()));
    system.spawn(seeker(key, heard)).tell(Look{});
    CHECK(system.drain());

    CHECK(heard == Heard{1, 11});
  });
}

TEST_CASE("runtime/receptionist: asked when its system has ended, it says so") {
  casty::testkit::test_system used(1);
  casty::testkit::test_system unused(1);
  const service_key<Ping> key("pings");
  CHECK(casty::receptionist(used).find(key).get().empty());
  used.terminate();
  unused.terminate();

  CHECK(casty::receptionist(used).find(key).wait().error() == casty::errc::system_terminated);
  CHECK_THROWS_AS((void)casty::receptionist(unused).find(key), casty::error);
}

TEST_CASE("runtime/receptionist: threads that come at once find one receptionist") {
  constexpr int threads = 4;
  constexpr int each = 50;
  for (int round = 0; round < 20; ++round) {
    casty::actor_system system({.name = "desk", .workers = 2, .log = casty::log_level::off});
    const service_key<Server> key("servers");
    std::vector<std::thread> all;
    for (int thread = 0; thread < threads; ++thread) {
      all.emplace_back([&system, key] {
        const casty::receptionist reception(system);
        for (int number = 0; number < each; ++number) {
          const auto one = system.spawn(server(number));
          reception.register_service(key, one);
          if (number % 2 == 0) {
            one.tell(Quit{});
          }
        }
      });
    }
    for (std::thread& one : all) {
      one.join();
    }
    REQUIRE(system.drain());

    CHECK(casty::receptionist(system).find(key).get().size() == threads * each / 2);
  }
}

}  // namespace
