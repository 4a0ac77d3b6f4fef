// expect: casty::reply_to: an answer is aligned to more than 64 bytes
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
struct alignas(64) Page {
  char bytes[64];
};
struct GetPage {
  casty::reply_to<Page> reply_to;
};
auto ask(casty::actor_system& system, casty::actor_ref<GetPage> to) {
  return system.ask<GetPage>(to);
}
#else
struct alignas(128) Page {
  char bytes[128];
};
struct GetPage {
  casty::reply_to<Page> reply_to;
};
auto ask(casty::actor_system& system, casty::actor_ref<GetPage> to) {
  return system.ask<GetPage>(to);
}
#endif
