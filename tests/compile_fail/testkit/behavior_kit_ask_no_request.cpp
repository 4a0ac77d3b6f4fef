// expect: MessageNeedsExactlyOneReplyTo = Deposit
#include "casty/testkit/behavior_kit.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void run(casty::testkit::behavior_kit<Account>& kit) { (void)kit.ask<GetBalance>(); }
#else
void run(casty::testkit::behavior_kit<Account>& kit) { (void)kit.ask<Deposit>(1); }
#endif
