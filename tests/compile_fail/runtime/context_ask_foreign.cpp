// expect: RequestNotInProtocol = Ping
#include "casty/actor.hpp"

#include "../support/bank.hpp"
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<GetBalance>(to);
}
#else
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<Ping>(to);
}
#endif
