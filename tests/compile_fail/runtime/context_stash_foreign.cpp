// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void put_away(casty::actor_context<Account>& ctx) { ctx.stash(Deposit{1}); }
#else
void put_away(casty::actor_context<Account>& ctx) { ctx.stash(Audit{1}); }
#endif
