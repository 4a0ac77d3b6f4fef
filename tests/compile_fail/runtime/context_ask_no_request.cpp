// expect: MessageNeedsExactlyOneReplyTo = Deposit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
casty::task<void> ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  (void)co_await ctx.ask<Withdraw>(to, 1);
}
#else
casty::task<void> ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  (void)co_await ctx.ask<Deposit>(to, 1);
}
#endif
