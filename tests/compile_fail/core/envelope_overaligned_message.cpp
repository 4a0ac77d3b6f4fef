// expect: casty::actor_ref: a message is aligned to more than 64 bytes
#include "casty/actor.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
struct alignas(64) Page {
  char bytes[64];
};
void send(casty::actor_ref<Page> to) { to.tell(Page{}); }
#else
struct alignas(128) Page {
  char bytes[128];
};
void send(casty::actor_ref<Page> to) { to.tell(Page{}); }
#endif
