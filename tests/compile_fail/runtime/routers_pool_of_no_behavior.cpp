// expect: pool_needs_a_behavior_or_a_factory_by_index<
#include "casty/actor.hpp"
#include "casty/runtime/routers.hpp"

#include "../support/bank.hpp"

casty::behavior<Account> account(unsigned number);

void open(casty::actor_system& system) {
#ifdef CASTY_CONTROL
  system.spawn(behaviors::pool(5, &account));
#else
  system.spawn(behaviors::pool(5, [] { return account(0); }));
#endif
}
