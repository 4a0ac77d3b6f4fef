// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
casty::sending send(casty::actor_ref<Account> to) { return to.send<Deposit>(1); }
#else
casty::sending send(casty::actor_ref<Account> to) { return to.send<Audit>(1); }
#endif
