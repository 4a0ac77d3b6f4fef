// expect: NotInProtocol = double
#include "casty/testkit/probe.hpp"

#ifdef CASTY_CONTROL
void look(casty::testkit::probe<int>& probe) { (void)probe.expect(5); }
#else
void look(casty::testkit::probe<int>& probe) { (void)probe.expect(5.0); }
#endif
