// expect: cannot_be_serialized<Noted, casty::field<1>, std::function<void*()>
#include "../support/ledger_events.hpp"

struct Noted {
#ifdef CASTY_CONTROL
  std::int64_t then = 0;
#else
  std::function<void()> then;
#endif
};

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = journal,
      .initial_state = 1,
      .on_event = casty::on_event<Noted>([](int state, const Noted&) { return state; }),
      .on_command =
          casty::on_command<Deposit>([](int, Deposit) { return behaviors::persisted(Noted{}); }),
  });
}
