// expect(g++): protocol_holds_what_is_no_message<Withdraw*, int&>
// expect(clang): protocol_holds_what_is_no_message<Withdraw *, int &>
#include <string>

#include "casty/actor.hpp"

namespace behaviors = casty::behaviors;

struct Deposit {
  int cents;
};
struct Withdraw {
  int cents;
  casty::reply_to<std::string> reply_to;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

#ifdef CASTY_CONTROL
struct Wrong : casty::protocol<Deposit, Withdraw, int> {};
#else
struct Wrong : casty::protocol<Deposit, Withdraw*, int&> {};
#endif
