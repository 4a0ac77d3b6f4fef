// expect: persisted_events<void, Withdrawn>
// expect-note: EventsNotInTheProtocol
#include "../support/ledger_events.hpp"

struct Events : casty::protocol<Deposited> {};

casty::effect<Events> withdraw() {
#ifdef CASTY_CONTROL
  return behaviors::persisted(Deposited{});
#else
  return behaviors::persisted(Withdrawn{});
#endif
}
