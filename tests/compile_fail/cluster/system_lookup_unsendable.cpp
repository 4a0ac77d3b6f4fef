// expect: cannot_be_serialized<Call, casty::field<2>, std::function<void*()>
#include <functional>

#include "casty/cluster.hpp"

struct Call {
  int number;
#ifdef CASTY_CONTROL
  int back;
#else
  std::function<void()> back;
#endif
};
struct Ping {};
struct Caller : casty::protocol<Ping, Call> {};

// Legal for an actor of this node.
void spawn(casty::clustered_actor_system& node, casty::behavior<Caller> caller) {
  node.spawn(std::move(caller), "caller").tell(Ping{});
}

void find(casty::clustered_actor_system& node) {
  (void)node.lookup<Caller>("/user/caller", "127.0.0.1:25520");
}
