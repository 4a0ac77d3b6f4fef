// expect: int
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to, 200);
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to, "two hundred");
}
#endif
