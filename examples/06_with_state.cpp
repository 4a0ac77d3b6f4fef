// The three ways to hold state, side by side.
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Put {
  std::string key;
  int value;
};
struct Get {
  std::string key;
  casty::reply_to<int> reply_to;
};
struct Clear {};
struct Store : casty::protocol<Put, Get, Clear> {};
using Entries = std::map<std::string, int>;

casty::behavior<Store> store(Entries entries = {}) {
  return behaviors::with_state<Store>(
      std::move(entries),
      [](Entries& all, const Put& m) {
        all[m.key] = m.value;
        return behaviors::same;
      },  // 1 in place
      [](const Entries& all, const Get& m) {
        m.reply_to.tell(all.at(m.key));
        return behaviors::same;
      },
      [](Entries&, Clear) { return Entries{}; });  // 2 the next state
}  // 3 or `return store(next)`

void run(casty::actor_system& system) {
  auto ref = system.spawn(store());
  ref.tell<Put>("a", 1);
  std::printf("%d\n", system.ask<Get>(ref, "a").get());
  ref.tell(Clear{});
  auto failed =
      system.ask<Get>(ref, "a").wait();  // the handler throws, the actor stops, the ask ends
  std::printf("%s\n", std::string(to_string(failed.error())).c_str());
}

int main() {
  casty::actor_system system("store");
  run(system);
}
// 1
// no_reply
