// expect: ProtocolLacksTerminatedUseWatchWith = Account
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
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch_with(other, Deposit{1});
}
#else
void watch(casty::actor_context<Account>& ctx, casty::actor_ref<Account> other) {
  ctx.watch(other);
}
#endif
