// expect: protocol_repeats<Deposit>
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
struct Twice : casty::protocol<Deposit, Withdraw> {};
#else
struct Twice : casty::protocol<Deposit, Withdraw, Deposit> {};
#endif
