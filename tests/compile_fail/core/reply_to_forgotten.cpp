// expect: reply_to<std::
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void send(casty::actor_ref<Account> to) { to.tell(Withdraw{200, casty::ignored}); }
#else
void send(casty::actor_ref<Account> to) { to.tell(Withdraw{200}); }
#endif
