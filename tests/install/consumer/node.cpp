// One node, which finds its own actor as another would.
#include <cstdio>

#include <casty/cluster.hpp>

struct Get {
  casty::reply_to<int> reply_to;
};

int main() {
  casty::clustered_actor_system node({.name = "consumer", .log = casty::log_level::error});
  node.spawn(casty::behaviors::receive<Get>([](const Get& m) {
               m.reply_to.tell(42);
               return casty::behaviors::same;
             }),
             "answer");
  const auto found = node.lookup<Get>("/user/answer", node.address()).get();
  std::printf("%d\n", node.ask<Get>(found).get());
}
// 42
