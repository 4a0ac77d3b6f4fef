// expect: handlers_do_not_fit<Account, casty::handler_outside_the_protocol_for<Audit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Audit {
  int number;
};

#ifdef CASTY_CONTROL
auto account = behaviors::receive<Account>(deposit, withdraw, behaviors::ignore<GetBalance>);
#else
auto account = behaviors::receive<Account>(deposit, withdraw, balance, behaviors::ignore<Audit>);
#endif
