// expect: handler_has_mutable_captures_use_with_state<Deposit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
auto account = behaviors::with_state<Account>(
    0,
    [](int& sum, Deposit m) {
      sum += m.cents;
      return behaviors::same;
    },
    withdraw, balance);
#else
auto account = behaviors::receive<Account>(
    [sum = 0](Deposit m) mutable {
      sum += m.cents;
      return behaviors::same;
    },
    withdraw, balance);
#endif
