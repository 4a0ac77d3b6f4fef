// expect: NotInProtocol = Audit
#include "casty/testkit/probe.hpp"

#include "../support/bank.hpp"

struct Audit {};

#ifdef CASTY_CONTROL
void look(casty::testkit::probe<Account>& probe) { (void)probe.fish<Deposit>(); }
#else
void look(casty::testkit::probe<Account>& probe) { (void)probe.fish<Audit>(); }
#endif
