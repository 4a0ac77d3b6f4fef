// expect: MessageNeedsExactlyOneReplyTo = Deposit
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
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<Withdraw>(to, 1);
}
#else
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<Deposit>(to, 1);
}
#endif
