// expect: MessageNeedsExactlyOneReplyTo = Deposit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to, 1).get();
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Deposit>(to, 1).get();
}
#endif
