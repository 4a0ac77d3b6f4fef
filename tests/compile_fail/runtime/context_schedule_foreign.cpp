// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void set(casty::actor_context<Account>& ctx) {
  ctx.schedule("key", ctx.self(), Deposit{1}, casty::duration::seconds(1));
}
#else
void set(casty::actor_context<Account>& ctx) {
  ctx.schedule("key", ctx.self(), Audit{1}, casty::duration::seconds(1));
}
#endif
