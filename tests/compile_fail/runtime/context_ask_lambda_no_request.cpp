// expect: lambda_makes_no_request_of<Account, Deposit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  return ctx.ask(to, [](auto reply) { return GetBalance{reply}; }).outcome();
}
#else
auto ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  return ctx.ask(to, [](auto) { return Deposit{1}; }).outcome();
}
#endif
