// Hooks around a setup: what a connection would be opened and closed by. A child goes before
// its parent, also in a restart.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Query {
  int number;
};

// part: hooks
behavior<Query> connection() {
  return behaviors::with_lifecycle(
      behaviors::receive<Query>([](const Query& m) {
        std::printf("query %d\n", m.number);
        return behaviors::same;
      }),
      {.pre_start = [] { std::puts("connected"); }, .post_stop = [] { std::puts("closed"); }});
}
// end of part

behavior<Query> database() {
  auto answers = behaviors::setup<Query>([](casty::actor_context<Query>& ctx) {
    auto line = ctx.spawn(connection(), "connection");
    return behaviors::receive<Query>([line](const Query& m) {
      if (m.number < 0) {
        throw std::invalid_argument("a negative query");
      }
      line.tell(m);
      return behaviors::same;
    });
  });
  return behaviors::with_lifecycle(
      behaviors::supervise(std::move(answers), casty::one_for_one_strategy{}),
      {
          .pre_start = [](auto& ctx) { std::printf("%s starts\n", ctx.self().path().c_str()); },
          .post_stop = [] { std::puts("database stopped"); },
          .pre_restart =
              [](auto&, std::exception_ptr failure) {
                try {
                  std::rethrow_exception(failure);
                } catch (const std::exception& e) {
                  std::printf("restarts after: %s\n", e.what());
                }
              },
          .post_restart = [] { std::puts("database is back"); },
      });
}

void run(casty::actor_system& system) {
  auto ref = system.spawn(database(), "database");
  ref.tell<Query>(1);
  system.drain();
  ref.tell<Query>(-1);
  ref.tell<Query>(2);
  system.drain();
  system.stop(ref);
  system.drain();
}

int main() {
  casty::actor_system system({.name = "data", .log = casty::log_level::off});
  run(system);
}
// /user/database starts
// connected
// query 1
// closed
// restarts after: a negative query
// database is back
// connected
// query 2
// closed
// database stopped
