// expect: NotInProtocol = Audit
#include "casty/testkit/behavior_kit.hpp"

#include "../support/bank.hpp"
struct Audit {
  int day;
};

#ifdef CASTY_CONTROL
void run(casty::testkit::behavior_kit<Account>& kit) { kit.run<Deposit>(1); }
#else
void run(casty::testkit::behavior_kit<Account>& kit) { kit.run<Audit>(1); }
#endif
