// The event stream: what a system says of its actors, heard by functions and by an actor.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Work {};
struct Fail {};
struct Odd {};
struct Worker : casty::protocol<Work, Fail, Odd> {};

behavior<Worker> worker() {
  return behaviors::supervise(
      behaviors::receive<Worker>(
          [](Work) { return behaviors::same; },
          [](Fail) -> casty::outcome { throw std::runtime_error("broken"); },
          [](Odd) { return behaviors::unhandled; }),
      casty::one_for_one_strategy{});
}

// part: by an actor
// Counts what it is told; asked, it says how many.
struct HowMany {
  casty::reply_to<int> reply_to;
};
struct Audit : casty::protocol<casty::dead_letter, HowMany> {};

behavior<Audit> audit(int letters = 0) {
  return behaviors::receive<Audit>(
      [=](const casty::dead_letter&) { return audit(letters + 1); },
      [=](const HowMany& m) {
        m.reply_to.tell(letters);
        return behaviors::same;
      });
}
// end of part

void run(casty::actor_system& system) {
  auto auditor = system.spawn(audit(), "audit");
  system.drain();

  auto events = system.event_stream();
  events.subscribe([](const casty::actor_started& e) {
    std::printf("started: %s\n", e.ref.path().c_str());
  });
  events.subscribe([](const casty::actor_restarted& e) {
    std::printf("restarted: %s\n", e.ref.path().c_str());
  });
  events.subscribe([](const casty::unhandled_message& e) {
    std::printf("unhandled: %s\n", std::string(e.message).c_str());
  });
  events.subscribe([](const casty::dead_letter& e) {
    std::printf("dead letter: %s, %s\n", std::string(e.message).c_str(),
                std::string(to_string(e.reason)).c_str());
  });
  const auto stops = events.subscribe([](const casty::actor_stopped& e) {
    std::printf("stopped: %s\n", e.ref.path().c_str());
  });
  events.subscribe<casty::dead_letter>(auditor);

  auto ref = system.spawn(worker(), "worker");
  ref.tell(Work{});
  ref.tell(Fail{});
  system.drain();
  ref.tell(Odd{});
  system.drain();
  system.stop(ref);
  system.drain();
  ref.tell(Work{});
  system.drain();

  std::printf("%d dead letters\n", system.ask<HowMany>(auditor).get());
  events.unsubscribe(stops);
}

int main() {
  casty::actor_system system({.name = "events", .log = casty::log_level::off});
  run(system);
}
// started: /user/worker
// dead letter: Fail, failed
// restarted: /user/worker
// unhandled: Odd
// dead letter: Odd, unhandled
// stopped: /user/worker
// dead letter: Work, no_such_actor
// 3 dead letters
