// Many actors behind one ref: a pool of children, a group found by key, and who is in it.
#include <cstdio>
#include <string>
#include <vector>

#include "casty/actor.hpp"
#include "casty/runtime/receptionist.hpp"
#include "casty/runtime/routers.hpp"

namespace behaviors = casty::behaviors;
namespace routing = casty::routing;

struct Resize {
  std::string image;
  casty::reply_to<std::string> reply_to;
};
struct Retire {};
struct Resizer : casty::protocol<Resize, Retire> {};

casty::behavior<Resizer> resizer(unsigned number, int done = 0) {
  return behaviors::receive<Resizer>(
      [=](const Resize& m) {
        m.reply_to.tell(m.image + " by " + std::to_string(number));
        return resizer(number, done + 1);
      },
      [](Retire) { return behaviors::stopped; });
}

// part: pools
void pools(casty::actor_system& system) {
  auto in_turn = system.spawn(behaviors::pool(3, [](unsigned n) { return resizer(n); }));
  for (const char* image : {"cat", "dog", "owl", "fox"}) {
    std::printf("%s\n", system.ask<Resize>(in_turn, image).get().c_str());
  }

  // The same image goes to the same actor; retiring is for all.
  auto by_name = system.spawn(behaviors::pool(
      8, [](unsigned n) { return resizer(n); },
      {.strategy = routing::consistent_hash([](const Resize& m) { return m.image; },
                                            [](Retire) { return 0; }),
       .broadcast = routing::broadcast<Retire>}));
  const auto first = system.ask<Resize>(by_name, "cat").get();
  const auto second = system.ask<Resize>(by_name, "cat").get();
  std::printf("the same: %s\n", first == second ? "yes" : "no");
  by_name.tell<Retire>();
}
// end of part

// part: a group
const casty::service_key<Resizer> resizing("resizing");

// Hears who offers the service, at once and after each change.
casty::behavior<casty::listing<Resizer>> observer() {
  return behaviors::receive<casty::listing<Resizer>>([](const casty::listing<Resizer>& all) {
    std::printf("%u for %s\n", all.size(), std::string(all.key().name()).c_str());
    return behaviors::same;
  });
}

// Routees of a group live wherever they were spawned: here on all workers.
void group(casty::actor_system& system) {
  const casty::receptionist desk(system);
  desk.subscribe(resizing, system.spawn(observer()));
  system.drain();
  std::vector<casty::actor_ref<Resizer>> hired;
  for (unsigned number = 0; number < 2; ++number) {
    hired.push_back(system.spawn(resizer(number)));
    desk.register_service(resizing, hired.back());
    system.drain();
  }
  auto all = system.spawn(behaviors::group(resizing));
  for (const char* image : {"cat", "dog"}) {
    std::printf("%s\n", system.ask<Resize>(all, image).get().c_str());
  }
  system.stop(hired.front());
  system.drain();
  std::printf("%s\n", system.ask<Resize>(all, "owl").get().c_str());
  std::printf("left: %u\n", desk.find(resizing).get().size());
}
// end of part

void run(casty::actor_system& system) {
  pools(system);
  group(system);
}

int main() {
  casty::actor_system system({.name = "images", .log = casty::log_level::off});
  run(system);
}
// cat by 0
// dog by 1
// owl by 2
// fox by 0
// the same: yes
// 0 for resizing
// 1 for resizing
// 2 for resizing
// cat by 0
// dog by 1
// 1 for resizing
// owl by 1
// left: 1
