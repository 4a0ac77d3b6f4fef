// expect(g++): protocol_holds_what_is_no_message<Withdraw*, int&>
// expect(clang): protocol_holds_what_is_no_message<Withdraw *, int &>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
struct Wrong : casty::protocol<Deposit, Withdraw, int> {};
#else
struct Wrong : casty::protocol<Deposit, Withdraw*, int&> {};
#endif
