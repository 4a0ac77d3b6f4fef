// expect: NotACopyableMessageOfProtocol = Alone
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Alone {
  explicit Alone(int of) : number(of) {}
  Alone(Alone&&) = default;
  int number;
};
struct Post : casty::protocol<Alone, Deposit> {};

#ifdef CASTY_CONTROL
void set(casty::actor_context<Post>& ctx) {
  ctx.set_receive_timeout(casty::duration::seconds(1), Deposit{1});
}
#else
void set(casty::actor_context<Post>& ctx) {
  ctx.set_receive_timeout(casty::duration::seconds(1), Alone(1));
}
#endif
