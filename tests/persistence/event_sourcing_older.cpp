#include "casty/persistence/event_sourcing.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/persistence/sqlite_journal.hpp"
#include "support/folder.hpp"

// `older_journal.sqlite` was written by a program that knew
//
//     struct Deposited { std::int64_t cents; };
//     struct Withdrawn { std::int32_t euros; };
//     struct State { std::int64_t balance; };
//
// in the namespace `bank`: of acc-001 two deposits of 1000 and 500 euros, a snapshot after these,
// and a withdrawal of 300; of acc-002 a deposit of 7 cents.

namespace bank {

struct Deposited {
  std::int64_t cents = 0;
  std::string teller = "unknown";  // added
};
struct WithdrawnV1 {
  std::int32_t euros = 0;
};
struct Withdrawn {
  std::int64_t cents = 0;
};
struct State {
  std::int64_t balance = 0;
  std::string last_teller = "nobody";  // added
};

}  // namespace bank

template <>
struct casty::schema<bank::WithdrawnV1> {
  static constexpr std::string_view name = "bank::Withdrawn";
};
template <>
struct casty::schema<bank::Withdrawn> {
  static constexpr std::uint32_t version = 2;
  static bank::Withdrawn upcast(const bank::WithdrawnV1& older) {
    return {std::int64_t{older.euros} * 100};
  }
};

namespace {

namespace behaviors = casty::behaviors;

struct Get {
  casty::reply_to<bank::State> reply_to;
};
struct Events : casty::protocol<bank::Deposited, bank::Withdrawn> {};

casty::behavior<Get> account(std::string id, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::move(id),
      .journal = std::move(journal),
      .initial_state = bank::State{},
      .on_event = casty::on_event<Events>(
          [](const bank::State& s, const bank::Deposited& e) {
            return bank::State{s.balance + e.cents, e.teller};
          },
          [](const bank::State& s, bank::Withdrawn e) {
            return bank::State{s.balance - e.cents, s.last_teller};
          }),
      .on_command = casty::on_command<Get>([](const bank::State& s, const Get& m) {
        m.reply_to.tell(s);
        return behaviors::same;
      }),
  });
}

TEST_CASE("persistence/event_sourcing: a journal of an older release is read by today's") {
  const support::folder folder;
  const std::string path = folder.file("journal.sqlite");
  std::filesystem::copy_file(CASTY_SOURCE_ROOT "/tests/persistence/older_journal.sqlite", path);
  casty::actor_system system({.name = "newer", .workers = 1});
  const auto journal = casty::sqlite_journal(path);

  const auto first = system.ask<Get>(system.spawn(account("acc-001", journal))).get();
  CHECK(first.balance == 120'000);
  CHECK(first.last_teller == "nobody");  // the snapshot had none
  const auto second = system.ask<Get>(system.spawn(account("acc-002", journal))).get();
  CHECK(second.balance == 7);
  CHECK(second.last_teller == "unknown");
}

}  // namespace
