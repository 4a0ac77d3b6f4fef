// expect: handlers_do_not_fit<Account, casty::more_than_one_otherwise>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account =
    behaviors::receive<Account>(deposit, behaviors::otherwise([] { return behaviors::same; }));
#else
auto account =
    behaviors::receive<Account>(deposit, behaviors::otherwise([] { return behaviors::same; }),
                                behaviors::otherwise([] { return behaviors::stopped; }));
#endif
