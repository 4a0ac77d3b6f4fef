// expect: event_handler_must_return_the_state<Deposited, void>
#include "../support/ledger_events.hpp"

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = journal,
      .initial_state = 1,
#ifdef CASTY_CONTROL
      .on_event = casty::on_event<Deposited>([](int state, Deposited) { return state; }),
#else
      .on_event = casty::on_event<Deposited>([](int, Deposited) {}),
#endif
      .on_command =
          casty::on_command<Deposit>([](int, Deposit) { return behaviors::same; }),
  });
}
