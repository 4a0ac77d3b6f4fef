// expect: LacksMessagesOfTheKey = casty::protocol<Deposit>
#include "casty/actor.hpp"
#include "casty/runtime/receptionist.hpp"

#include "../support/bank.hpp"

void offer(casty::actor_system& system, casty::actor_ref<Account> account,
           casty::actor_ref<casty::protocol<Deposit>> till) {
  const casty::service_key<Account> key("accounts");
#ifdef CASTY_CONTROL
  (void)till;
  casty::receptionist(system).register_service(key, account);
#else
  (void)account;
  casty::receptionist(system).register_service(key, till);
#endif
}
