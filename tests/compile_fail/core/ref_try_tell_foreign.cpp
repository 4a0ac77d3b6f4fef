// expect: NotInProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
bool send(casty::actor_ref<Account> to) { return to.try_tell(Deposit{1}); }
#else
bool send(casty::actor_ref<Account> to) { return to.try_tell(Audit{1}); }
#endif
