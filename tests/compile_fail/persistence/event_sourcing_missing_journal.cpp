// expect: casty::journal
#include "../support/ledger_events.hpp"

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
#ifdef CASTY_CONTROL
      .journal = journal,
#endif
      .initial_state = 1,
      .on_event = casty::on_event<Deposited>([](int state, Deposited) { return state; }),
      .on_command =
          casty::on_command<Deposit>([](int, Deposit) { return behaviors::same; }),
  });
}
