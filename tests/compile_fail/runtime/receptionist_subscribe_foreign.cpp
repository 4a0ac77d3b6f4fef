// expect: LacksTheListing = Account
#include "casty/actor.hpp"
#include "casty/runtime/receptionist.hpp"

#include "../support/bank.hpp"

struct Directory : casty::protocol<Deposit, casty::listing<Account>> {};

void listen(casty::actor_system& system, casty::actor_ref<Directory> directory,
            casty::actor_ref<Account> account) {
  const casty::service_key<Account> key("accounts");
#ifdef CASTY_CONTROL
  (void)account;
  casty::receptionist(system).subscribe(key, directory);
#else
  (void)directory;
  casty::receptionist(system).subscribe(key, account);
#endif
}
