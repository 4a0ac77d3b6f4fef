// expect: actor_ref<Account>
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
casty::actor_ref<casty::protocol<Deposit>> narrow(casty::actor_ref<Account> to) { return to; }
#else
casty::actor_ref<Account> widen(casty::actor_ref<casty::protocol<Deposit>> to) { return to; }
#endif
