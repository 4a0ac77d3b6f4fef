// expect: NotACopyableMessageOfProtocol = Alone
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Alone {
  explicit Alone(int of) : number(of) {}
  Alone(Alone&&) = default;
  int number;
};
struct Post : casty::protocol<Alone, Deposit> {};

#ifdef CASTY_CONTROL
void set(casty::actor_system& system, casty::actor_ref<Post> to) {
  system.schedule("key", to, Alone(1), casty::duration::seconds(1));
}
#else
void set(casty::actor_system& system, casty::actor_ref<Post> to) {
  system.tick("key", to, Alone(1), casty::duration::seconds(1));
}
#endif
