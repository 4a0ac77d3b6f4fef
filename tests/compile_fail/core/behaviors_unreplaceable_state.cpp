// expect: handler_must_return_same_or_a_behavior<Deposit, Till>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

// Its copy may throw, and it cannot be assigned: nothing could stand in for it meanwhile.
struct Till {
  Till();
  Till(const Till& other);
  Till& operator=(const Till&) = delete;
};

#ifdef CASTY_CONTROL
auto account = behaviors::with_state<Account>(
    Till(), [](Till&, Deposit) { return behaviors::same; }, withdraw, balance);
#else
auto account = behaviors::with_state<Account>(
    Till(), [](Till&, Deposit) { return Till(); }, withdraw, balance);
#endif
