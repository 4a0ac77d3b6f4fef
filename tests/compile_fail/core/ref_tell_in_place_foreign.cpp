// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void send(casty::actor_ref<Account> to) { to.tell<Deposit>(1); }
#else
void send(casty::actor_ref<Account> to) { to.tell<Audit>(1); }
#endif
