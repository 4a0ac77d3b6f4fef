// expect: MessageNeedsExactlyOneReplyTo = Deposit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<Withdraw>(to, 1);
}
#else
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<Deposit>(to, 1);
}
#endif
