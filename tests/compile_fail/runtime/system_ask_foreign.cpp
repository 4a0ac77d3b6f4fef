// expect: RequestNotInProtocol = Ping
#include "casty/actor.hpp"

#include "../support/bank.hpp"
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<GetBalance>(to).get();
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Ping>(to).get();
}
#endif
