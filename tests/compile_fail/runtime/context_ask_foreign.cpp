// expect: RequestNotInProtocol = Ping
#include "casty/actor.hpp"

#include "../support/bank.hpp"
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
casty::task<void> ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  (void)co_await ctx.ask<GetBalance>(to);
}
#else
casty::task<void> ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  (void)co_await ctx.ask<Ping>(to);
}
#endif
