// lines: g++ 15 clang 27
// expect: casty::behavior: a captured value is aligned to more than 64 bytes
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
struct alignas(64) Page {
  char bytes[64];
};
auto account = behaviors::with_state<Account>(Page{}, deposit, withdraw, balance);
#else
struct alignas(128) Page {
  char bytes[128];
};
auto account = behaviors::with_state<Account>(Page{}, deposit, withdraw, balance);
#endif
