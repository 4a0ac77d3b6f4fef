// expect: projection_handler_must_return_nothing<Deposited, int>
#include "../support/ledger_events.hpp"

auto totals(casty::journal journal) {
  return behaviors::project(casty::projection{
      .journal = journal,
      .offset = [] { return std::uint64_t{0}; },
#ifdef CASTY_CONTROL
      .on_event = casty::on_placed_event<Deposited>([](const Deposited&) {}),
#else
      .on_event = casty::on_placed_event<Deposited>([](const Deposited&) { return 1; }),
#endif
  });
}
