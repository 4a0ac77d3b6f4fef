// expect: handler_must_take_context_then_state_then<Deposit, Account>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::with_state<Account>(
    0, [](casty::actor_context<Account>&, int&, Deposit) { return behaviors::same; }, withdraw,
    balance);
#else
auto account = behaviors::with_state<Account>(
    0, [](int&, casty::actor_context<Account>&, Deposit) { return behaviors::same; }, withdraw,
    balance);
#endif
