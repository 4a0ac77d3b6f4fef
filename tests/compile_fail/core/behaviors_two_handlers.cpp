// expect: handlers_do_not_fit<Account, casty::more_than_one_handler_for<Deposit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(deposit, withdraw, balance);
#else
auto account = behaviors::receive<Account>(deposit, withdraw, balance,
                                           [](const Deposit&) { return behaviors::same; });
#endif
