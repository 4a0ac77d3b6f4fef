// One actor, two messages.
#include <cstdio>
#include <string>

#include "casty/actor.hpp"

struct Greet {
  std::string name;
};

casty::behavior<Greet> greeter() {
  return casty::behaviors::receive<Greet>([](const Greet& m) {
    std::printf("Hello, %s!\n", m.name.c_str());
    return casty::behaviors::same;
  });
}

void run(casty::actor_system& system) {
  auto ref = system.spawn(greeter(), "greeter");
  ref.tell(Greet{"Alice"});
  ref.tell<Greet>("Bob");  // built in the mailbox
  system.drain();          // waits until all is handled
}

int main() {
  casty::actor_system system("hello");
  run(system);
}
// Hello, Alice!
// Hello, Bob!
