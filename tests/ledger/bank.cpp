#include "ledger/bank.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "casty/persistence.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"

#include "ledger/fold.hpp"
#include "ledger/generate.hpp"
#include "ledger/journal/audit.hpp"
#include "ledger/line_parser.hpp"

namespace {

using ledger::account_balance;
using ledger::outcome_counts;
using ledger::transaction;
using enum ledger::transaction_kind;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t seeds = 100;

// The last batch has what is left.
void settle_in_batches(ledger::bank& bank, const std::vector<transaction>& all,
                       std::uint64_t batches) {
  std::size_t next = 0;
  for (std::uint64_t batch = 1; batch <= batches; ++batch) {
    bank.begin_batch(batch);
    const std::size_t end = all.size() * batch / batches;
    for (; next < end; ++next) {
      bank.settle(all[next]);
    }
    bank.commit();
  }
}

// Settles `all` under many interleavings; each must be as the fold.
void check_all_orders(const std::vector<transaction>& all, std::uint64_t window) {
  ledger::sequential_fold fold;
  for (const transaction& next : all) {
    fold.settle(next);
  }
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    casty::testkit::test_system system(seed);
    ledger::bank bank(system, casty::in_memory_journal(), {.window = window});
    settle_in_batches(bank, all, 3);
    REQUIRE(bank.counts() == fold.counts());
    REQUIRE(bank.balances() == fold.balances());
    REQUIRE(system.drain());
    REQUIRE(system.counts().dead == 0);
  }
}

TEST_CASE("ledger/bank: an account takes its transactions in the order of the file") {
  check_all_orders({{1, deposit, "anna", 100, ""},
                    {2, withdraw, "anna", 70, ""},
                    {3, withdraw, "anna", 70, ""},
                    {4, deposit, "anna", 40, ""},
                    {5, withdraw, "anna", 70, ""}},
                   100);
}

TEST_CASE("ledger/bank: a transfer is taken in its place by both accounts") {
  // Each line turns out otherwise when it is taken before or after its neighbour.
  check_all_orders({{1, deposit, "anna", 100, ""},
                    {2, withdraw, "bert", 60, ""},
                    {3, transfer, "anna", 60, "bert"},
                    {4, withdraw, "bert", 60, ""},
                    {5, transfer, "anna", 60, "bert"},
                    {6, withdraw, "anna", 40, ""},
                    {7, transfer, "bert", 1, "anna"}},
                   100);
}

TEST_CASE("ledger/bank: rings of transfers do not block each other") {
  std::vector<transaction> all = {{1, deposit, "a", 5, ""}};
  constexpr std::string_view ring[] = {"a", "b", "c", "d"};
  for (std::uint64_t id = 2; id < 80; ++id) {
    all.push_back({id, transfer, ring[id % 4], 5, ring[(id + 1) % 4]});
  }
  check_all_orders(all, 1000);
}

TEST_CASE("ledger/bank: a receiver whose balance would overflow refuses, the sender keeps all") {
  check_all_orders({{1, deposit, "rich", largest, ""},
                    {2, deposit, "poor", 10, ""},
                    {3, transfer, "poor", 10, "rich"},
                    {4, withdraw, "poor", 10, ""},
                    {5, transfer, "rich", 1, "new"},
                    {6, deposit, "rich", 2, ""},
                    {7, deposit, "rich", 1, ""}},
                   100);
}

TEST_CASE("ledger/bank: an account that was only refused has no balance") {
  casty::testkit::test_system system;
  ledger::bank bank(system, casty::in_memory_journal());

  bank.begin_batch(1);
  bank.settle({1, withdraw, "anna", 1, ""});
  bank.settle({2, transfer, "bert", 1, "carl"});
  bank.settle({3, deposit, "dora", 1, ""});

  bank.commit();
  CHECK(bank.counts() == outcome_counts{1, 2});
  CHECK(bank.balances() == std::vector<account_balance>{{"dora", 1}});
}

TEST_CASE("ledger/bank: a bank without transactions is done") {
  casty::testkit::test_system system;
  ledger::bank bank(system, casty::in_memory_journal());

  bank.commit();
  CHECK(bank.counts() == outcome_counts{});
  CHECK(bank.balances().empty());
}

TEST_CASE("ledger/bank: a lost message ends the wait for its outcome") {
  casty::testkit::test_system system;
  ledger::bank bank(system, casty::in_memory_journal());
  bank.begin_batch(1);
  bank.settle({1, deposit, "anna", 1, ""});

  const casty::any_ref anyone = system.spawn(ledger::tally());
  system.event_stream().publish(
      casty::dead_letter{"Deposit", casty::dead_letter_reason::stopped, anyone});

  CHECK_THROWS_WITH_AS(bank.commit(), "an account has failed; its transactions are lost",
                       std::runtime_error);
}

// Parsed lines that live as long as this.
struct generated {
  explicit generated(const ledger::generated_file& wanted) {
    ledger::line_generator lines(wanted);
    ledger::line_parser parser;
    texts.reserve(wanted.transactions);
    for (std::uint64_t count = 0; count < wanted.transactions; ++count) {
      std::string& text = texts.emplace_back(lines.next());
      text.pop_back();
      all.push_back(std::get<transaction>(parser.parse({count + 2, text, false})));
    }
  }
  std::vector<std::string> texts;
  std::vector<transaction> all;
};

TEST_CASE("ledger/bank: a few busy accounts end as in the fold, whatever the order of turns") {
  for (const std::uint64_t accounts : {2U, 5U, 40U}) {
    const generated file({.transactions = 600, .accounts = accounts, .seed = accounts});
    check_all_orders(file.all, 2000);
    check_all_orders(file.all, 64);
    check_all_orders(file.all, 2);
  }
}

TEST_CASE("ledger/bank: seeds make different orders, and the same seed the same") {
  const generated file({.transactions = 100, .accounts = 5, .seed = 1});
  const auto trace_of = [&file](std::uint64_t seed) {
    casty::testkit::test_system system(seed);
    ledger::bank bank(system, casty::in_memory_journal());
    settle_in_batches(bank, file.all, 1);
    return system.trace_hash();
  };

  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    traces.insert(trace_of(seed));
  }
  CHECK(traces.size() > 90);
  CHECK(trace_of(7) == trace_of(7));
}

TEST_CASE("ledger/bank: worker threads come to the same end") {
  const generated file({.transactions = 50'000, .accounts = 500, .seed = 4});
  ledger::sequential_fold fold;
  for (const transaction& next : file.all) {
    fold.settle(next);
  }
  for (const unsigned workers : {1U, 2U, 3U}) {
    casty::actor_system system(
        {.name = "test", .workers = workers, .log = casty::log_level::warning});
    ledger::bank bank(system, casty::in_memory_journal(),
                      {.window = 1024, .keeps_history = workers != 2});
    settle_in_batches(bank, file.all, 7);
    CHECK(bank.counts() == fold.counts());
    CHECK(bank.balances() == fold.balances());
  }
}

void settle(ledger::bank& bank, ledger::sequential_fold& fold,
            const std::vector<transaction>& all) {
  for (const transaction& next : all) {
    bank.settle(next);
    fold.settle(next);
  }
}

// What all events of the journal come to; nothing is wrong with them.
std::vector<account_balance> audited(casty::testkit::test_system& system,
                                     const casty::journal& journal, ledger::audit& result) {
  const auto reached = system.spawn(ledger::milestone());
  system.spawn(ledger::go_through(
      journal, std::shared_ptr<ledger::audit>(std::shared_ptr<void>(), &result), 2, reached));
  system.run();
  result.add(ledger::events::BatchDone{2});
  CHECK(result.flaw() == "");
  return result.balances();
}

// Settles a batch that the journal has only in part when the process dies, and then again.
void check_second_try(const generated& file, std::size_t persists, std::uint64_t seed) {
  const casty::journal kept = casty::in_memory_journal();
  const std::size_t half = file.all.size() / 2;
  const std::vector<transaction> first(file.all.begin(), file.all.begin() + half);
  const std::vector<transaction> second(file.all.begin() + half, file.all.end());
  ledger::sequential_fold fold;
  {
    casty::testkit::test_system system(seed);
    ledger::bank bank(system, kept);
    bank.begin_batch(1);
    settle(bank, fold, first);
    bank.commit();
  }
  {
    const auto dying = std::make_shared<faulty_journal>(kept);
    dying->fail_after(persists);
    casty::testkit::test_system system(seed, {.log = casty::log_level::off});
    ledger::bank bank(system, casty::journal(dying));
    bank.begin_batch(2);
    ledger::sequential_fold lost;
    settle(bank, lost, second);
    CHECK_THROWS_AS(bank.commit(), std::runtime_error);
  }
  casty::testkit::test_system system(seed + 1);
  ledger::bank bank(system, kept);
  bank.begin_batch(2);
  settle(bank, fold, second);
  bank.commit();
  CHECK(bank.counts().settled + bank.counts().refused == second.size());
  ledger::audit events;
  CHECK(audited(system, kept, events) == fold.balances());
  CHECK(events.counts() == fold.counts());
}

TEST_CASE("ledger/bank: a batch that was written in part comes to the same when it runs again") {
  const generated file({.transactions = 80, .accounts = 8, .seed = 3});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (std::size_t persists = 0; persists < 8; ++persists) {
      CAPTURE(seed);
      CAPTURE(persists);
      check_second_try(file, persists, seed);
    }
  }
}

}  // namespace
