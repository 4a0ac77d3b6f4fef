// expect: MessageNeedsExactlyOneReplyTo = Deposit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<Withdraw>(to, 1);
}
#else
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<Deposit>(to, 1);
}
#endif
