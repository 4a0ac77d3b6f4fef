// expect: two_events_of_one_name<Deposited, Paid>
#include "../support/ledger_events.hpp"

struct Paid {
  std::int64_t cents = 0;
};
template <>
struct casty::schema<Paid> {
#ifdef CASTY_CONTROL
  static constexpr std::string_view former_names[] = {"Transferred"};
#else
  static constexpr std::string_view former_names[] = {"Transferred", "Deposited"};
#endif
};
struct Events : casty::protocol<Withdrawn, Deposited, Paid> {};

auto account(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = journal,
      .initial_state = 1,
      .on_event = casty::on_event<Events>([](int state, const Withdrawn&) { return state; },
                                          [](int state, const Deposited&) { return state; },
                                          [](int state, const Paid&) { return state; }),
      .on_command = casty::on_command<Deposit>(
          [](int, const Deposit&) { return behaviors::persisted(Paid{}); }),
  });
}
