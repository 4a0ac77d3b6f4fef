// A worker that fails: a strategy and its decider say what becomes of it, hooks hear of it.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::directive;

struct NetworkError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Job {
  std::string text;
};

behavior<Job> unreliable_worker(int handled = 0) {
  return behaviors::receive<Job>([=](const Job& m) {
    if (m.text == "crash") {
      throw NetworkError("something went wrong");
    }
    if (m.text == "bug") {
      throw std::logic_error("cannot be");
    }
    std::printf("Processed: %s (%d before)\n", m.text.c_str(), handled);
    return unreliable_worker(handled + 1);
  });
}

// part: a strategy
behavior<Job> careful_worker() {
  const casty::one_for_one_strategy strategy{
      .max_restarts = 3,
      .within = casty::duration::seconds(60),
      .decider = casty::decide([](const NetworkError&) { return directive::restart; },
                               [](const std::logic_error&) { return directive::stop; }),
  };
  return behaviors::with_lifecycle(
      behaviors::supervise(unreliable_worker(), strategy),
      {
          .pre_start = [] { std::puts("starting"); },
          .post_stop = [] { std::puts("stopped"); },
          .pre_restart = [](auto&, std::exception_ptr) { std::puts("about to restart"); },
      });
}
// end of part

void run(casty::actor_system& system) {
  auto ref = system.spawn(careful_worker(), "worker");
  ref.tell<Job>("one");
  ref.tell<Job>("crash");  // restarts: the count is gone
  ref.tell<Job>("hello");
  ref.tell<Job>("bug");    // stops
  ref.tell<Job>("never");  // a dead letter
  system.drain();
}

int main() {
  casty::actor_system system({.name = "shop", .log = casty::log_level::off});
  run(system);
}
// starting
// Processed: one (0 before)
// about to restart
// Processed: hello (0 before)
// stopped
