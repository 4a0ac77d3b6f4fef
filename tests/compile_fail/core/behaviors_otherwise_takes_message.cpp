// expect: otherwise_takes_nothing_or_the_context_of<Account>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(
    deposit, behaviors::otherwise([](casty::actor_context<Account>&) { return behaviors::same; }));
#else
auto account = behaviors::receive<Account>(
    deposit, behaviors::otherwise([](const Withdraw&) { return behaviors::same; }));
#endif
