// expect: RequestNotInProtocol = Ping
#include "casty/actor.hpp"

#include "../support/bank.hpp"
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<GetBalance>(to);
}
#else
void ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  auto asked = system.ask<Ping>(to);
}
#endif
