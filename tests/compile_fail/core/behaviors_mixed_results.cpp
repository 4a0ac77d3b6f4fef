// errors: 2
// expect(g++): inconsistent types
// expect(clang): must match previous return type 'outcome'
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
casty::behavior<Account> open(int cents);
auto account = behaviors::receive<Account>(
    [](Deposit m) -> casty::behavior<Account> {
      if (m.cents < 0) {
        return behaviors::same;
      }
      return open(m.cents);
    },
    withdraw, balance);
#else
casty::behavior<Account> open(int cents);
auto account = behaviors::receive<Account>(
    [](Deposit m) {
      if (m.cents < 0) {
        return behaviors::same;
      }
      return open(m.cents);
    },
    withdraw, balance);
#endif
