// The account of the examples 17 and 18.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "casty/actor.hpp"
#include "casty/persistence.hpp"

namespace behaviors = casty::behaviors;
using casty::behavior;

struct AccountState {
  std::int64_t balance = 0;
  int transactions = 0;
};

struct Deposited {
  std::int64_t cents = 0;
};
struct Withdrawn {
  std::int64_t cents = 0;
};
struct AccountEvent : casty::protocol<Deposited, Withdrawn> {};

struct Deposit {
  std::int64_t cents;
};
struct Withdraw {
  std::int64_t cents;
  casty::reply_to<std::string> reply_to;
};
struct GetBalance {
  casty::reply_to<AccountState> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, GetBalance> {};

// part: an account
inline behavior<Account> bank_account(std::string entity_id, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = entity_id,
      .journal = journal,
      .initial_state = AccountState{},
      .on_event = casty::on_event<AccountEvent>(  // pure: they run again at each recovery
          [](AccountState s, Deposited e) {
            return AccountState{s.balance + e.cents, s.transactions + 1};
          },
          [](AccountState s, Withdrawn e) {
            return AccountState{s.balance - e.cents, s.transactions + 1};
          }),
      .on_command = casty::on_command<Account>(
          [](const AccountState&, Deposit m) { return behaviors::persisted(Deposited{m.cents}); },
          [](const AccountState& s, const Withdraw& m) -> casty::effect<AccountEvent> {
            if (m.cents > s.balance) {
              m.reply_to.tell("insufficient funds");
              return behaviors::same;
            }
            m.reply_to.tell("ok");  // leaves when Withdrawn is durable
            return behaviors::persisted(Withdrawn{m.cents});
          },
          [](const AccountState& s, const GetBalance& m) {
            m.reply_to.tell(s);
            return behaviors::same;
          }),
      .snapshots = {.events = 100},
  });
}
// end of part

inline void run_twice(const casty::journal& journal) {
  for (int phase = 1; phase <= 2; ++phase) {
    casty::actor_system system("bank");
    auto account = system.spawn(bank_account("acc-001", journal), "account");
    if (phase == 1) {
      account.tell(Deposit{1000});
      account.tell(Deposit{500});
    }
    const auto state = system.ask<GetBalance>(account).get();
    std::printf("phase %d: balance %lld, transactions %d\n", phase,
                static_cast<long long>(state.balance), state.transactions);
  }
}
