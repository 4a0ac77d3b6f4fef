// expect: lambda_makes_no_request_of<Account, Ping>
#include "casty/actor.hpp"

#include "../support/bank.hpp"

struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask(to, [](auto reply) { return GetBalance{reply}; }).get();
}
#else
auto ask(casty::actor_system& system, casty::actor_ref<Account> to) {
  return system.ask(to, [](auto reply) { return Ping{reply}; }).get();
}
#endif
