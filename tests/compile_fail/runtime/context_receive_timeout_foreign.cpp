// expect: NotACopyableMessageOfProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void set(casty::actor_context<Account>& ctx) {
  ctx.set_receive_timeout(casty::duration::seconds(1), Deposit{1});
}
#else
void set(casty::actor_context<Account>& ctx) {
  ctx.set_receive_timeout(casty::duration::seconds(1), Audit{1});
}
#endif
