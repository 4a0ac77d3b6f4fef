// expect: mapper_must_give_a_message_of<Account, Audit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void pipe(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  ctx.pipe_to_self(ctx.ask<GetBalance>(to), [](casty::result<int>) { return Deposit{1}; });
}
#else
void pipe(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  ctx.pipe_to_self(ctx.ask<GetBalance>(to), [](casty::result<int>) { return Audit{1}; });
}
#endif
