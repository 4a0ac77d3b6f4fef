// expect: ProtocolLacksTerminatedUseWatchWith = Account
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch_with(other, Deposit{1});
}
#else
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch(other);
}
#endif
