// Messages to come: ticks and delays of the system, an actor's own timers, and the one that
// says that nothing came.
#include <chrono>
#include <cstdio>
#include <optional>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;

struct Report {};
struct AfterThree {
  casty::reply_to<int> reply_to;
};
struct Counter : casty::protocol<Report, AfterThree> {};
struct Counting {
  int reports = 0;
  std::optional<casty::reply_to<int>> waiting = {};
};

casty::behavior<Counter> counter() {
  return behaviors::with_state<Counter>(
      Counting{},
      [](Counting& state, Report) {
        if (++state.reports == 3 && state.waiting) {
          state.waiting->tell(state.reports);
          state.waiting.reset();
        }
        return behaviors::same;
      },
      [](Counting& state, const AfterThree& m) {
        state.waiting = m.reply_to;  // answered later
        return behaviors::same;
      });
}

struct Start {
  casty::reply_to<int> reply_to;
};
struct Alarm {};
struct Idle {};
struct Sleeper : casty::protocol<Start, Alarm, Idle> {};

// part: its own timers
// Wakes three times, then hears nothing, and answers how often it woke.
casty::behavior<Sleeper> sleeper() {
  struct Nights {
    int woken = 0;
    std::optional<casty::reply_to<int>> asker = {};
  };
  return behaviors::with_state<Sleeper>(
      Nights{},
      [](casty::actor_context<Sleeper>& ctx, Nights& nights, const Start& m) {
        nights.asker = m.reply_to;
        ctx.timers().every("wake", Alarm{}, 2ms);
        ctx.set_receive_timeout(50ms, Idle{});
        return behaviors::same;
      },
      [](casty::actor_context<Sleeper>& ctx, Nights& nights, Alarm) {
        if (++nights.woken == 3) {
          ctx.timers().cancel("wake");
        }
        return behaviors::same;
      },
      [](Nights& nights, Idle) {
        nights.asker->tell(nights.woken);
        return behaviors::stopped;
      });
}
// end of part

// part: the system's timers
void run(casty::actor_system& system) {
  auto ticking = system.spawn(counter(), "ticking");
  auto three = system.ask<AfterThree>(ticking).within(5min);
  system.tick("report", ticking, Report{}, 5ms);
  std::printf("reports: %d\n", three.get());
  system.cancel_schedule("report");

  auto tired = system.spawn(sleeper(), "sleeper");
  std::printf("woken: %d\n", system.ask<Start>(tired).within(5min).get());

  auto once = system.spawn(counter(), "once");
  auto never = system.ask<AfterThree>(once).within(200ms);
  system.schedule("later", once, Report{}, 10ms);
  system.schedule("later", once, Report{}, 20ms);  // in place of the first
  system.schedule("more", once, Report{}, 20ms);
  std::printf("two are not three: %s\n", never.wait() ? "?" : "timeout");
}
// end of part

int main() {
  casty::actor_system system({.name = "clock", .log = casty::log_level::off});
  run(system);
}
// reports: 3
// woken: 3
// two are not three: timeout
