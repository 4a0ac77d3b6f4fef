// expect: otherwise_must_return_same_or_a_behavior<void>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account =
    behaviors::receive<Account>(deposit, behaviors::otherwise([] { return behaviors::same; }));
#else
auto account = behaviors::receive<Account>(deposit, behaviors::otherwise([] {}));
#endif
