// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch_with(other, Deposit{1});
}
#else
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch_with(other, Audit{1});
}
#endif
