// expect: a_group_cannot_see_loads_use_a_pool<Account>
#include "casty/actor.hpp"
#include "casty/runtime/routers.hpp"

#include "../support/bank.hpp"

casty::behavior<Account> accounts(const casty::service_key<Account>& key) {
#ifdef CASTY_CONTROL
  return behaviors::group(key, {.strategy = casty::routing::random});
#else
  return behaviors::group(key, {.strategy = casty::routing::least_loaded});
#endif
}
