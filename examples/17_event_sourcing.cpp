// Events are facts, commands may be refused, and an answer leaves when its events are durable.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "event_sourced_account.hpp"

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
    page.last = 1;
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
