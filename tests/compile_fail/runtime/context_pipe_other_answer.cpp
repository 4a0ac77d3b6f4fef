// expect: mapper_must_take_a_result_of<int>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void pipe(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  ctx.pipe_to_self(ctx.ask<GetBalance>(to), [](casty::result<int>) { return Deposit{1}; });
}
#else
void pipe(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  ctx.pipe_to_self(ctx.ask<GetBalance>(to), [](casty::result<std::string>) { return Deposit{1}; });
}
#endif
