#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "casty/actor.hpp"
#include "runtime/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using namespace std::chrono_literals;

// Keeps its worker busy without a sleep: the time that makes it worth an idle one's while.
void work_for(std::chrono::nanoseconds span) {
  const auto end = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < end) {
  }
}

struct Step {
  std::uint64_t from;
  std::uint64_t number;
};

struct observations {
  std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint64_t> out_of_order{0};
  std::atomic<std::uint64_t> on[8] = {};
};

unsigned worker_number() { return casty::detail::worker::current()->number; }

struct seen_of {
  std::vector<std::uint64_t> last;
};

// Works, and sees to it that the steps of each sender come in their order.
behavior<Step> busy(observations& all, std::size_t senders, std::chrono::nanoseconds span) {
  return behaviors::with_state<Step>(
      seen_of{std::vector<std::uint64_t>(senders)}, [&all, span](seen_of& seen, const Step& m) {
        work_for(span);
        if (m.number != ++seen.last[m.from]) {
          ++all.out_of_order;
        }
        ++all.on[worker_number()];
        ++all.handled;
        return behaviors::same;
      });
}

struct Begin {};
struct Go {
  std::uint64_t rounds;
};
struct EndAll {};
struct Parent : casty::protocol<Begin, Go, EndAll, casty::terminated> {};

struct crew {
  std::size_t size = 64;
  std::chrono::nanoseconds span = 5us;
  std::uint64_t sent = 0;  // steps to each
  std::vector<casty::actor_ref<Step>> all;
  std::size_t ended = 0;
};

// Spawns all of its crew on its own worker, and sends each of them so many steps.
behavior<Parent> parent(crew& its, observations& seen, std::size_t senders) {
  using context = casty::actor_context<Parent>;
  return behaviors::receive<Parent>(
      [&its, &seen, senders](context& ctx, Begin) {
        for (std::size_t each = 0; each < its.size; ++each) {
          its.all.push_back(ctx.spawn(busy(seen, senders, its.span)));
          ctx.watch(its.all.back());
        }
        return behaviors::same;
      },
      [&its](context& ctx, Go m) {
        ++its.sent;
        for (const auto& each : its.all) {
          each.tell(Step{0, its.sent});
        }
        if (m.rounds > 1) {
          ctx.self().tell(Go{m.rounds - 1});
        }
        return behaviors::same;
      },
      [&its](context& ctx, EndAll) {
        for (const auto& each : its.all) {
          ctx.stop(each);
        }
        return behaviors::same;
      },
      [&its](const casty::terminated&) {
        ++its.ended;
        return behaviors::same;
      });
}

// Lets the crew work until both workers have had a part in it.
void spread(casty::actor_system& system, const casty::actor_ref<Parent>& first,
            const observations& seen) {
  first.tell(Begin{});
  for (int attempt = 0; attempt < 1000 && (seen.on[0] == 0 || seen.on[1] == 0); ++attempt) {
    first.tell(Go{20});
    REQUIRE(system.drain(casty::duration::seconds(60)));
  }
  REQUIRE(seen.on[0] != 0);
  REQUIRE(seen.on[1] != 0);
}

TEST_CASE("runtime/lending: an idle worker takes over what a busy one has too much of") {
  crew its;
  observations seen;
  casty::actor_system system({.name = "lending", .workers = 2});
  spread(system, system.spawn(parent(its, seen, 1)), seen);

  CHECK(seen.handled == its.size * its.sent);
  CHECK(seen.out_of_order == 0);
}

TEST_CASE("runtime/lending: what is lent ends with its parent, and its watchers hear of it") {
  crew its;
  observations seen;
  casty::actor_system system({.name = "lending", .workers = 2});
  const auto first = system.spawn(parent(its, seen, 1));
  spread(system, first, seen);

  SUBCASE("one by one") {
    first.tell(EndAll{});
    REQUIRE(system.drain());
    CHECK(its.ended == its.size);
    its.all.front().tell(Step{0, 1});
    REQUIRE(system.drain());
    CHECK(system.counts().dead == 1);
  }
  SUBCASE("with the parent") {
    system.stop(first);
    REQUIRE(system.drain());
    for (const auto& each : its.all) {
      each.tell(Step{0, 1});
    }
    REQUIRE(system.drain());
    CHECK(system.counts().dead == its.size);
  }
  SUBCASE("with the system") { CHECK(system.terminate()); }
}

struct Burst {
  std::uint64_t from;
  std::uint64_t count;
};

// Sends to all of a crew from a worker of its own, one step each in turn.
behavior<Burst> sender(const crew& to) {
  return behaviors::receive<Burst>([&to](casty::actor_context<Burst>&, const Burst& m) {
    for (std::uint64_t number = 1; number <= m.count; ++number) {
      for (const auto& each : to.all) {
        each.tell(Step{m.from, number});
      }
      work_for(2us);
    }
    return behaviors::same;
  });
}

TEST_CASE("runtime/lending: messages of each sender keep their order while their actor moves") {
  crew its;
  its.size = 24;
  its.span = 3us;
  observations seen;
  constexpr std::uint64_t senders = 4;
  constexpr std::uint64_t steps = 150;
  casty::actor_system system({.name = "lending", .workers = 3});
  const auto first = system.spawn(parent(its, seen, senders + 2));
  spread(system, first, seen);

  for (std::uint64_t each = 1; each <= senders; ++each) {
    system.spawn(sender(its)).tell(Burst{each, steps});
  }
  // This thread is one more.
  for (std::uint64_t number = 1; number <= steps; ++number) {
    for (const auto& each : its.all) {
      each.tell(Step{senders + 1, number});
    }
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));

  CHECK(seen.out_of_order == 0);
  CHECK(seen.handled == its.size * (its.sent + (senders + 1) * steps));
  const auto counts = system.counts();
  CHECK(counts.sent == counts.handled + counts.dead);
}

TEST_CASE("runtime/lending: a system ends while actors are on their way") {
  for (int round = 0; round < 20; ++round) {
    crew its;
    observations seen;
    casty::actor_system system({.name = "lending", .workers = 2});
    const auto first = system.spawn(parent(its, seen, 1));
    first.tell(Begin{});
    first.tell(Go{4});
    work_for(std::chrono::microseconds(50 * round));
    CHECK(system.terminate(casty::duration::seconds(30)));
  }
}

}  // namespace
