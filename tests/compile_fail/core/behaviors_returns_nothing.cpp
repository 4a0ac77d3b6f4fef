// expect: handler_must_return_same_or_a_behavior<Deposit, void>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(deposit, withdraw, balance);
#else
auto account = behaviors::receive<Account>([](Deposit) {}, withdraw, balance);
#endif
