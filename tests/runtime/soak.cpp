// Ten thousand actors that fail at random: nothing is lost, nothing grows.
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::directive;
using casty::duration;

constexpr unsigned families = 100;
constexpr unsigned members = 99;  // and their parent
constexpr std::uint64_t waiting_max = 4000;

struct Transient : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Fatal : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Contagious : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Echo {
  std::string text;
  casty::reply_to<std::string> reply_to;
};
struct Work {
  std::uint64_t chance;
  casty::actor_ref<Echo> other;
};
struct Late {};
struct Member : casty::protocol<Work, Echo, Late> {};

// What may go wrong, one in so many times.
void fail_perhaps(std::uint64_t chance) {
  if (chance % 50 == 0) {
    throw Transient("again");
  }
  if (chance % 211 == 0) {
    throw Fatal("never again");
  }
  if (chance % 5003 == 0) {
    throw Contagious("the family's fault");
  }
}

behavior<Member> working(std::vector<std::string> notes = {}) {
  return behaviors::receive<Member>(
      [=](casty::actor_context<Member>& ctx,
          const Work& m) -> casty::task<behavior<Member>> {
        fail_perhaps(m.chance);
        if (m.chance % 7 == 0) {
          ctx.timers().once("late", Late{}, duration::milliseconds(m.chance % 300));
        }
        if (m.chance % 3 == 0) {
          co_return behaviors::same;
        }
        auto answer = co_await ctx.ask<Echo>(m.other, "a text that is not kept in place")
                          .within(duration::seconds(1))
                          .outcome();
        fail_perhaps(m.chance / 7);
        auto next = notes;
        next.push_back(answer ? *answer : std::string("none"));
        if (next.size() > 8) {
          next.clear();
        }
        co_return working(std::move(next));
      },
      [](const Echo& m) {
        m.reply_to.tell(m.text + "!");
        return behaviors::same;
      },
      [](Late) { return behaviors::same; });
}

behavior<Member> member() {
  const casty::one_for_one_strategy strategy{
      .max_restarts = 5,
      .within = duration::seconds(20),
      .decider = casty::decide([](const Fatal&) { return directive::stop; },
                               [](const Contagious&) { return directive::escalate; }),
      .backoff = {.min = duration::milliseconds(10), .max = duration::seconds(1)}};
  return behaviors::supervise(working(), strategy);
}

struct Assign {
  std::uint64_t chance;
};
struct Gone {
  unsigned place;
};
struct Family : casty::protocol<Assign, Gone> {};

behavior<Family> family() {
  return behaviors::setup<Family>([](casty::actor_context<Family>& ctx) {
    std::vector<casty::actor_ref<Member>> all;
    for (unsigned place = 0; place < members; ++place) {
      all.push_back(ctx.spawn(member()));
      ctx.watch_with(all.back(), Gone{place});
    }
    return behaviors::with_state<Family>(
        std::move(all),
        [](std::vector<casty::actor_ref<Member>>& now, const Assign& m) {
          now[m.chance % members].tell<Work>(m.chance / members, now[m.chance / 7 % members]);
          return behaviors::same;
        },
        [](casty::actor_context<Family>& own, std::vector<casty::actor_ref<Member>>& now,
           const Gone& m) {
          now[m.place] = own.spawn(member());
          own.watch_with(now[m.place], m);
          return behaviors::same;
        });
  });
}

std::vector<casty::actor_ref<Family>> spawn_all(casty::actor_system& system) {
  std::vector<casty::actor_ref<Family>> all;
  for (unsigned each = 0; each < families; ++each) {
    all.push_back(system.spawn(behaviors::supervise(
        family(), casty::one_for_one_strategy{.max_restarts = UINT32_MAX})));
  }
  return all;
}

std::uint64_t resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

// Actors that have started and not stopped, as the event stream tells. One may stop that never
// started: its parent was quicker.
class Census {
 public:
  void listen(casty::actor_system& system) {
    auto events = system.event_stream();
    events.subscribe([this](const casty::actor_started& event) {
      const std::lock_guard lock(guard_);
      all_.emplace(event.ref.path().view());
    });
    events.subscribe([this](const casty::actor_stopped& event) {
      const std::lock_guard lock(guard_);
      all_.erase(std::string(event.ref.path().view()));
    });
    events.subscribe([this](const casty::actor_restarted&) { ++restarts; });
  }
  [[nodiscard]] std::size_t living() const {
    const std::lock_guard lock(guard_);
    return all_.size();
  }

  std::atomic<std::uint64_t> restarts = 0;

 private:
  mutable std::mutex guard_;
  std::unordered_set<std::string> all_;
};

TEST_CASE("runtime/soak: ten simulated minutes of failures lose nothing and grow nothing") {
  Census census;
  casty::testkit::test_system system(1, {.name = "soak", .log = casty::log_level::off});
  census.listen(system);
  const auto all = spawn_all(system);
  system.run();
  CHECK(census.living() == families * (members + 1));

  casty::testkit::seeded_random chance(7);
  std::vector<std::uint64_t> resident;
  for (int second = 0; second < 600; ++second) {
    for (int each = 0; each < 2000; ++each) {
      all[chance.next() % families].tell<Assign>(chance.next());
    }
    system.advance(duration::seconds(1));
    if (second % 60 == 59) {
      resident.push_back(resident_kib());
      REQUIRE(system.balanced());
      REQUIRE(census.living() == families * (members + 1));
    }
  }

  CHECK(census.restarts > 10'000);
  CHECK(system.counts().handled > 1'000'000);
#ifndef CASTY_SANITIZED  // which keep memory for themselves
  CAPTURE(resident[2]);
  CHECK(resident.back() <= resident[2] + 2048);
#endif
}

TEST_CASE("runtime/soak: real threads lose nothing either") {
  const char* given = std::getenv("CASTY_SOAK_SECONDS");
  const int seconds = given != nullptr ? std::atoi(given) : 5;
  Census census;
  {
    casty::actor_system system({.name = "soak", .workers = 2, .log = casty::log_level::off});
    census.listen(system);
    const auto all = spawn_all(system);
    std::atomic<bool> goes_on = true;
    std::atomic<std::uint64_t> sent = 0;
    std::vector<std::thread> senders;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      senders.emplace_back([&, seed] {
        casty::testkit::seeded_random chance(seed);
        while (goes_on) {
          for (int each = 0; each < 2000; ++each) {
            all[chance.next() % families].tell<Assign>(chance.next());
          }
          sent += 2000;
          // Those that wait for each other or for their restart work off some messages a second:
          // whoever sends more never comes to an end.
          while (goes_on && !system.drain(duration::milliseconds(50)) &&
                 system.counts().waiting > waiting_max) {
          }
        }
      });
    }
    // The clock of the run is the system's own: a late answer in so many seconds.
    struct Never {
      casty::reply_to<int> reply_to;
    };
    auto silent = system.spawn(behaviors::with_state<Never>(
        std::vector<casty::reply_to<int>>{},
        [](std::vector<casty::reply_to<int>>& kept, const Never& m) {
          kept.push_back(m.reply_to);
          return behaviors::same;
        }));
    CHECK(system.ask<Never>(silent).within(duration::seconds(seconds)).wait().error() ==
          casty::errc::timeout);
    goes_on = false;
    for (std::thread& each : senders) {
      each.join();
    }
    REQUIRE(system.drain(duration::seconds(60)));
    const auto counts = system.counts();
    CHECK(counts.sent == counts.handled + counts.dead + counts.waiting);
    CHECK(counts.handled > sent);
  }
  CHECK(census.living() == 0);
}

}  // namespace
