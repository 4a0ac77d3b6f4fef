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
void set(casty::actor_timers<Post> timers) {
  timers.once("key", Alone(1), casty::duration::seconds(1));
}
#else
void set(casty::actor_timers<Post> timers) {
  timers.every("key", Alone(1), casty::duration::seconds(1));
}
#endif
