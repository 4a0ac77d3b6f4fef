// expect: fields_before_reply_to_are_missing<Withdraw>
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
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to, 1);
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask<Withdraw>(to);
}
#endif
