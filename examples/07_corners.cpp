// Shapes that must compile: protocols that know each other, reply_to anywhere, move-only messages
// and answers, static proofs.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

// 1 two protocols that name each other: forward-declare the tags (an alias could not)
struct Pinger;
struct Ponger;
struct Ping {
  casty::actor_ref<Pinger> from;
  int left;
};
struct Pong {
  casty::actor_ref<Ponger> from;
  int left;
};
struct Ponger : casty::protocol<Ping> {};
struct Pinger : casty::protocol<Pong> {};

casty::behavior<Ponger> ponger() {
  return behaviors::receive<Ponger>([](casty::actor_context<Ponger>& ctx, const Ping& m) {
    m.from.tell(Pong{ctx.self(), m.left});
    return behaviors::same;
  });
}
casty::behavior<Pinger> pinger() {
  return behaviors::receive<Pinger>([](casty::actor_context<Pinger>& ctx, const Pong& m) {
    if (m.left == 0) {
      std::puts("done");
      return behaviors::stopped;
    }  // same and stopped are one type: no `->` needed
    m.from.tell(Ping{ctx.self(), m.left - 1});
    return behaviors::same;
  });
}

// 2 reply_to first, in the middle, last; a move-only message; a move-only answer
struct First {
  casty::reply_to<int> reply_to;
  int n;
};
struct Middle {
  int n;
  casty::reply_to<int> reply_to;
  std::string text;
};
struct Load {
  std::unique_ptr<int> value;
  casty::reply_to<std::unique_ptr<int>> reply_to;
};
struct Shapes : casty::protocol<First, Middle, Load> {};

// 3 handlers may be named functions; all four signatures; by value, const&, &&
casty::outcome first(const First& m) {
  m.reply_to.tell(m.n);
  return behaviors::same;
}
casty::behavior<Shapes> shapes() {
  return behaviors::receive<Shapes>(
      &first,
      [](casty::actor_context<Shapes>&, Middle m) {
        m.reply_to.tell(m.n + static_cast<int>(m.text.size()));
        return behaviors::same;
      },
      [](Load&& m) {
        *m.value += 1;
        m.reply_to.tell(std::move(m.value));
        return behaviors::same;
      });
}

// 4 what the compiler can check
static_assert(casty::accepts<Shapes, First> && !casty::accepts<Shapes, int>);
static_assert(std::is_convertible_v<casty::actor_ref<Shapes>, casty::actor_ref<First>>);
static_assert(!std::is_convertible_v<casty::actor_ref<First>, casty::actor_ref<Shapes>>);
static_assert(!casty::detail::fits<Shapes, casty::no_state, decltype(&first)>);

void run(casty::actor_system& system) {
  auto a = system.spawn(pinger());
  a.tell(Pong{system.spawn(ponger()), 3});
  auto ref = system.spawn(shapes());
  std::printf("%d %d %d\n", system.ask<First>(ref, 1).get(),
              system.ask<Middle>(ref, 1, "two").get(),
              *system.ask<Load>(ref, std::make_unique<int>(3)).get());
}

int main() {
  casty::actor_system system("corners");
  run(system);
}
// In any order:
// done
// 1 4 4
