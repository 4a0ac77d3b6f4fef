// expect: NotACopyableMessageOfProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void set(casty::actor_system& system, casty::actor_ref<Account> to) {
  system.tick("key", to, Deposit{1}, casty::duration::seconds(1));
}
#else
void set(casty::actor_system& system, casty::actor_ref<Account> to) {
  system.tick("key", to, Audit{1}, casty::duration::seconds(1));
}
#endif
