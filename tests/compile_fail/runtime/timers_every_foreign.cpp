// expect: NotACopyableMessageOfProtocol = Audit
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
void set(casty::actor_timers<Account> timers) {
  timers.every("key", Deposit{1}, casty::duration::seconds(1));
}
#else
void set(casty::actor_timers<Account> timers) {
  timers.every("key", Audit{1}, casty::duration::seconds(1));
}
#endif
