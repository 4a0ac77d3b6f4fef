// expect: GetBlocksTheActorUseCoAwaitOrPipeToSelf = int
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Deposit {
  int cents;
};
struct Withdraw {
  int cents;
  casty::reply_to<std::string> reply_to;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

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
    (void)ctx.ask<GetBalance>(to).wait();
    return behaviors::same;
  });
}
#endif
