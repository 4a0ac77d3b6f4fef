// expect: MessageHasNoEqualityExpectItsTypeAndLook = Deposit
#include "casty/testkit/probe.hpp"

#include "../support/bank.hpp"

#ifdef CASTY_CONTROL
void look(casty::testkit::probe<Account>& probe) { (void)probe.expect<Deposit>(); }
#else
void look(casty::testkit::probe<Account>& probe) { (void)probe.expect(Deposit{}); }
#endif
