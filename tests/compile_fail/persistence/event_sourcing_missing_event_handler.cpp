// expect: handlers_do_not_fit<Events, casty::no_handler_for<Withdrawn>
#include "../support/ledger_events.hpp"

struct Events : casty::protocol<Deposited, Withdrawn> {};

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = journal,
      .initial_state = 1,
      .on_event = casty::on_event<Events>([](int state, Deposited) { return state; }
#ifdef CASTY_CONTROL
                                          ,
                                          [](int state, Withdrawn) { return state; }
#endif
                                          ),
      .on_command =
          casty::on_command<Deposit>([](int, Deposit) { return behaviors::same; }),
  });
}
