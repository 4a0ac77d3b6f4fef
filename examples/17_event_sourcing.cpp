// Events are facts, commands may be refused, and an answer leaves when its events are durable.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
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
behavior<Account> bank_account(std::string entity_id, casty::journal journal) {
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

// A journal that can be read but not written.
class broken_journal final : public casty::event_journal {
 public:
  void persist(std::string_view, std::uint64_t, std::vector<casty::stored_value>,
               casty::reply_to<casty::journal_verdict> done) override {
    done.tell({casty::errc::full, "no space left on the disk"});
  }
  void load(std::string_view, std::uint64_t after, std::size_t,
            casty::reply_to<casty::event_page> done) override {
    casty::event_page page;
    if (after == 0) {
      page.first = 1;
      page.events.push_back(casty::stored_value::of(Deposited{100}));
    }
    done.tell(std::move(page));
  }
  void save_snapshot(std::string_view, casty::stored_snapshot, std::uint32_t,
                     casty::reply_to<casty::journal_verdict> done) override {
    done.tell({});
  }
  void load_snapshot(std::string_view, casty::reply_to<casty::snapshot_answer> done) override {
    done.tell({});
  }
  void delete_to(std::string_view, std::uint64_t,
                 casty::reply_to<casty::journal_verdict> done) override {
    done.tell({});
  }
  void entities(std::string_view, std::size_t,
                casty::reply_to<casty::entity_page> done) override {
    done.tell({});
  }
  void read(std::uint64_t, std::size_t, casty::reply_to<casty::placed_page> done) override {
    done.tell({});
  }
};

void run_twice(const casty::journal& journal) {
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

int main() {
  run_twice(casty::in_memory_journal());

  std::string folder = std::filesystem::temp_directory_path() / "casty-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return 1;
  }
  run_twice(casty::sqlite_journal(folder + "/accounts.sqlite"));
  std::filesystem::remove_all(folder);

  casty::actor_system system({.name = "bank", .log = casty::log_level::off});
  auto account = system.spawn(
      bank_account("acc-002", casty::journal(std::make_shared<broken_journal>())), "account");
  const auto refused = system.ask<Withdraw>(account, 50).wait();
  std::printf("broken disk: %s\n", std::string(to_string(refused.error())).c_str());
}
// phase 1: balance 1500, transactions 2
// phase 2: balance 1500, transactions 2
// phase 1: balance 1500, transactions 2
// phase 2: balance 1500, transactions 2
// broken disk: persist_failed
