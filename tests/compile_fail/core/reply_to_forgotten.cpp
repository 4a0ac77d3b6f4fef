// expect: reply_to<std::
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
void send(casty::actor_ref<Account> to) { to.tell(Withdraw{200, casty::ignored}); }
#else
void send(casty::actor_ref<Account> to) { to.tell(Withdraw{200}); }
#endif
