// Bounded mailboxes: what is dropped, what is refused, and who waits for room.
#include <cstdio>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct Print {
  int number;
};

behavior<Print> printer() {
  return behaviors::receive<Print>([](const Print& m) {
    std::printf("%d\n", m.number);
    return behaviors::same;
  });
}

// Sends more than there is room for, and waits where it must.
struct Flood {
  casty::actor_ref<Print> to;
};

// part: waiting for room
behavior<Flood> flooder() {
  return behaviors::receive<Flood>([](const Flood& m) -> casty::task<behavior<Flood>> {
    for (int number = 10; number < 15; ++number) {
      co_await m.to.send<Print>(number);
    }
    co_return behaviors::same;
  });
}
// end of part

// Tells its child three messages where there is room for two. They share a thread: the child
// takes none before its parent is done.
struct Hurry {
  casty::overflow when_full;
};

// part: a full mailbox
behavior<Hurry> hurried() {
  return behaviors::receive<Hurry>([](casty::actor_context<Hurry>& ctx, const Hurry& m) {
    auto child =
        ctx.spawn(printer(), {}, {.mailbox = {.capacity = 2, .overflow = m.when_full}});
    try {
      for (int number = 1; number <= 3; ++number) {
        child.tell<Print>(number);
      }
    } catch (const casty::error& full) {
      std::printf("%s\n", std::string(to_string(full.code())).c_str());
      std::printf("try_tell: %d\n", child.try_tell(Print{4}) ? 1 : 0);
    }
    return behaviors::same;
  });
}
// end of part

void run(casty::actor_system& system) {
  system.event_stream().subscribe([](const casty::dead_letter& letter) {
    std::printf("dead letter: %s, %s\n", std::string(letter.message).c_str(),
                std::string(to_string(letter.reason)).c_str());
  });
  auto parent = system.spawn(hurried());
  for (const auto when_full : {casty::overflow::drop_new, casty::overflow::drop_oldest,
                               casty::overflow::backpressure}) {
    parent.tell(Hurry{when_full});
    system.drain();
  }

  auto slow = system.spawn(printer(), "slow",
                           {.mailbox = {.capacity = 1, .overflow = casty::overflow::backpressure}});
  system.spawn(flooder()).tell(Flood{slow});
  system.drain();
}

int main() {
  casty::actor_system system({.name = "mailbox", .log = casty::log_level::off});
  run(system);
}
// dead letter: Print, overflow
// 1
// 2
// dead letter: Print, overflow
// 2
// 3
// mailbox_full
// try_tell: 0
// 1
// 2
// 10
// 11
// 12
// 13
// 14
