// expect: fields_before_reply_to_are_missing<Withdraw>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to, 1);
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to);
}
#endif
