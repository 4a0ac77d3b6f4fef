// expect: RequestNotInProtocol = Ping
#include "casty/testkit/behavior_kit.hpp"

#include "../support/bank.hpp"
struct Ping {
  casty::reply_to<int> reply_to;
};

#ifdef CASTY_CONTROL
void run(casty::testkit::behavior_kit<Account>& kit) { (void)kit.ask<GetBalance>(); }
#else
void run(casty::testkit::behavior_kit<Account>& kit) { (void)kit.ask<Ping>(); }
#endif
