// expect: actor_ref<Account>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
casty::actor_ref<casty::protocol<Deposit>> narrow(casty::actor_ref<Account> to) { return to; }
#else
casty::actor_ref<Account> widen(casty::actor_ref<casty::protocol<Deposit>> to) { return to; }
#endif
