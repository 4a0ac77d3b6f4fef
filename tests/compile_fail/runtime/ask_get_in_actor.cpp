// expect: GetBlocksTheActorUseCoAwaitOrPipeToSelf = int
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto client(casty::actor_ref<Account> to) {
  return behaviors::receive<Deposit>(
      [=](casty::actor_context<Deposit>& ctx, Deposit) -> casty::task<casty::behavior<Deposit>> {
        (void)co_await ctx.ask<GetBalance>(to);
        co_return behaviors::same;
      });
}
#else
auto client(casty::actor_ref<Account> to) {
  return behaviors::receive<Deposit>([=](casty::actor_context<Deposit>& ctx, Deposit) {
    (void)ctx.ask<GetBalance>(to).get();
    return behaviors::same;
  });
}
#endif
