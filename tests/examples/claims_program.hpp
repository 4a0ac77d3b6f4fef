/// @file
/// The API page's program of what is left: setup, an actor that subscribes, a refused get().
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;
using namespace std::chrono_literals;

struct Get {
  casty::reply_to<int> reply_to;
};
struct Never {
  casty::reply_to<int> reply_to;
};
struct Account : casty::protocol<Get, Never> {};
struct Silent {
  std::vector<casty::reply_to<int>> kept = {};
};
behavior<Account> account() {
  return behaviors::setup<Account>([](casty::actor_context<Account>& ctx) {
    ctx.log().info("set up");
    return behaviors::with_state<Account>(
        Silent{},
        [](const Silent&, const Get& m) {
          m.reply_to.tell(7);
          return behaviors::same;
        },
        [](Silent& s, const Never& m) {
          s.kept.push_back(m.reply_to);
          return behaviors::same;
        });
  });
}
struct Go {};
struct GoPlain {};
struct Asker : casty::protocol<Go, GoPlain, casty::dead_letter> {};
behavior<Asker> asker(casty::actor_system& system, casty::actor_ref<Account> to) {
  return behaviors::receive<Asker>(
      [&system, to](casty::actor_context<Asker>& ctx, Go) -> casty::task<behavior<Asker>> {
        auto late = co_await ctx.ask<Never>(to).within(1s).outcome();
        std::printf("late: %s\n", std::string(to_string(late.error())).c_str());
        try {
          (void)system.ask<Get>(to).get();
        } catch (const casty::error& e) {
          std::printf("get: %s\n", e.what());
        }
        co_return behaviors::same;
      },
      [&system, to](GoPlain) {
        try {
          (void)system.ask<Get>(to).get();
        } catch (const casty::error& e) {
          std::printf("plain get: %s\n", e.what());
        }
        return behaviors::same;
      },
      [](const casty::dead_letter& m) {
        std::printf("dead letter: %s\n", std::string(m.message).c_str());
        return behaviors::same;
      });
}

void run(casty::actor_system& system) {
  auto to = system.spawn(account(), "account");
  auto a = system.spawn(asker(system, to), "asker");
  system.event_stream().subscribe<casty::dead_letter>(a);
  a.tell(GoPlain{});
  a.tell(Go{});
  std::printf("%d\n", system.ask<Never>(to).within(3s).wait() ? 1 : 0);  // lets virtual time pass
  system.stop(to);
  system.drain();
  to.tell(Get{casty::ignored});
  system.drain();
}
