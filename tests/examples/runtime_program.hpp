/// @file
/// The API page's program of the runtime: events, a bounded mailbox, timers.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

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
        state.waiting = m.reply_to;
        return behaviors::same;
      });  // answered later
}

struct Alarm {};
struct Start {};
struct Sleeper : casty::protocol<Start, Alarm> {};
casty::behavior<Sleeper> sleeper() {
  return behaviors::receive<Sleeper>(
      [](auto& ctx, Start) {
        ctx.timers().once("wake", Alarm{}, 5s);
        return behaviors::same;
      },
      [](Alarm) {
        std::puts("woken");
        return behaviors::stopped;
      });
}

void run(casty::actor_system& system) {
  system.event_stream().subscribe(
      [](const casty::actor_started& e) { std::printf("Started: %s\n", e.ref.path().c_str()); });
  system.event_stream().subscribe([](const casty::dead_letter& e) {
    std::printf("Dead letter: %s\n", std::string(e.message).c_str());
  });

  auto bounded = system.spawn(
      counter(), "bounded", {.mailbox = {.capacity = 2, .overflow = casty::overflow::drop_oldest}});
  bounded.tell(Report{});
  bounded.tell(Report{});
  bounded.tell(Report{});  // the oldest becomes a dead letter
  system.drain();

  auto polite = system.spawn(
      counter(), "polite", {.mailbox = {.capacity = 1, .overflow = casty::overflow::backpressure}});
  polite.tell(Report{});
  try {
    polite.tell(Report{});
  } catch (const casty::error& e) {
    std::printf("%s\n", e.what());
  }
  system.drain();
  std::printf("try_tell: %d\n", polite.try_tell(Report{}) ? 1 : 0);

  auto ticking = system.spawn(counter(), "ticking");
  system.tick("report", ticking, Report{}, 30s);  // any std::chrono duration
  std::printf("reports: %d\n", system.ask<AfterThree>(ticking).within(5min).get());
  system.cancel_schedule("report");

  auto late = system.spawn(sleeper(), "sleeper");
  system.schedule("start", late, Start{}, 5s);
  auto waits = system.ask<AfterThree>(ticking)
                   .within(20s)
                   .wait();  // meanwhile the timers run; three are long past, so it times out
  std::printf("%s\n", waits ? "?" : std::string(to_string(waits.error())).c_str());
}
