// expect: setup_must_take_the_context_and_give_a_behavior_of<Account>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::setup<Account>([](casty::actor_context<Account>&) {
  return behaviors::receive<Account>(deposit, withdraw, balance);
});
#else
auto account = behaviors::setup<Account>([](casty::actor_context<Account>&) {});
#endif
