// expect: RequestNotInProtocol = Ping
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
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<GetBalance>(to);
}
#else
void ask(casty::actor_context<Account>& ctx, casty::actor_ref<Account> to) {
  auto asked = ctx.ask<Ping>(to);
}
#endif
