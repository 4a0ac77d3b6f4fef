// expect: command_handler_must_return_same_or_persisted_events<Deposit, int>
#include "../support/ledger_events.hpp"

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = journal,
      .initial_state = 1,
      .on_event = casty::on_event<Deposited>([](int state, Deposited) { return state; }),
#ifdef CASTY_CONTROL
      .on_command =
          casty::on_command<Deposit>([](int, Deposit) { return behaviors::same; }),
#else
      .on_command = casty::on_command<Deposit>([](int, Deposit) { return 1; }),
#endif
  });
}
