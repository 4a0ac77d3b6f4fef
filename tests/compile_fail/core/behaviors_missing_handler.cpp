// expect: handlers_do_not_fit<Account, casty::no_handler_for<Withdraw>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(deposit, withdraw, balance);
#else
auto account = behaviors::receive<Account>(deposit, balance);
#endif
