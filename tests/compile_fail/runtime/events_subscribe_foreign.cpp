// expect: ProtocolLacksTheEvent = Account
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void listen(casty::actor_system& system, casty::actor_ref<casty::dead_letter> to) {
  system.event_stream().subscribe<casty::dead_letter>(to);
}
#else
void listen(casty::actor_system& system, casty::actor_ref<Account> to) {
  system.event_stream().subscribe<casty::dead_letter>(to);
}
#endif
