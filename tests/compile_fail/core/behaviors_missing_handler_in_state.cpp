// expect: handlers_do_not_fit<Account, casty::no_handler_for<GetBalance>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::with_state<Account>(0, deposit, withdraw, balance);
#else
auto account = behaviors::with_state<Account>(0, deposit, withdraw);
#endif
