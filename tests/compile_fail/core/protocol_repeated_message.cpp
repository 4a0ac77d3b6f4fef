// expect: protocol_repeats<Deposit>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
struct Twice : casty::protocol<Deposit, Withdraw> {};
#else
struct Twice : casty::protocol<Deposit, Withdraw, Deposit> {};
#endif
