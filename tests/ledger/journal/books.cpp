#include "ledger/journal/books.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/folder.hpp"

namespace {

using ledger::account_balance;
using ledger::books;
using ledger::outcome_counts;
using enum ledger::transaction_kind;

ledger::input_mark mark(std::uint64_t batch) { return {batch, batch + 1, 100 * batch, "x", true}; }

TEST_CASE("ledger/journal/books: they go on where they were") {
  const support::folder folder;
  const ledger::books_options options{
      .journal = {ledger::journal_kind::sqlite, folder.file("j.sqlite")},
      .table = folder.file("t.sqlite"),
      .workers = 2};
  {
    books first(options);
    CHECK(first.progress().begun.batch == 0);
    first.begin_batch(mark(1));
    first.settle({1, deposit, "anna", 100, ""});
    first.settle({2, transfer, "anna", 30, "bert"});
    first.settle({3, withdraw, "carl", 1, ""});
    first.end_batch();
    first.sum_up();
    CHECK(first.counts() == outcome_counts{2, 1});
    CHECK(first.balances() == std::vector<account_balance>{{"anna", 70}, {"bert", 30}});
    first.begin_batch(mark(2));
    first.settle({4, transfer, "bert", 5, "anna"});
  }
  {
    books second(options);
    CHECK(second.progress().done == mark(1));
    CHECK(second.progress().begun == mark(2));
    second.begin_batch(mark(2));
    second.settle({4, transfer, "bert", 5, "anna"});
    second.end_batch();
  }
  // However far the table has come.
  books third(options);
  CHECK(third.progress().done == mark(2));
  third.sum_up();
  CHECK(third.counts() == outcome_counts{3, 1});
  CHECK(third.balances() == std::vector<account_balance>{{"anna", 75}, {"bert", 25}});
}

TEST_CASE("ledger/journal/books: a table is believed by the journal alone that it was made of") {
  const support::folder folder;
  const std::string file = folder.file("j.sqlite");
  const ledger::books_options options{.journal = {ledger::journal_kind::sqlite, file},
                                      .table = folder.file("t.sqlite"),
                                      .workers = 1};
  const auto settle = [&](std::uint64_t batch, std::int64_t cents) {
    books all(options);
    all.begin_batch(mark(batch));
    all.settle({batch, deposit, "anna", cents, ""});
    all.end_batch();
    all.sum_up();
    return all.balances().at(0).cents;
  };
  CHECK(settle(1, 1) == 1);
  std::filesystem::copy_file(file, folder.file("kept"));
  CHECK(settle(2, 10) == 11);
  CHECK(settle(3, 100) == 111);
  // The copy goes on otherwise, to the same number of batches and of events.
  std::filesystem::copy_file(folder.file("kept"), file,
                             std::filesystem::copy_options::overwrite_existing);
  const std::string table = folder.file("t.sqlite");
  std::filesystem::copy_file(table, folder.file("kept table"));
  CHECK(settle(2, 20) == 21);
  std::filesystem::copy_file(folder.file("kept table"), table,
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(settle(3, 200) == 221);
  std::filesystem::copy_file(folder.file("kept table"), table,
                             std::filesystem::copy_options::overwrite_existing);
  books all(options);
  all.sum_up();
  CHECK(all.balances() == std::vector<account_balance>{{"anna", 221}});
}

TEST_CASE("ledger/journal/books: those in memory are summed up by asking") {
  books all({.workers = 1});
  all.begin_batch(mark(1));
  for (std::uint64_t id = 1; id <= 200; ++id) {
    all.settle({id, deposit, "anna", 1, ""});
    if (id % 50 == 0) {
      all.end_batch();
      all.begin_batch(mark(id));
    }
  }
  all.end_batch();
  all.sum_up();
  CHECK(all.counts() == outcome_counts{200, 0});
  CHECK(all.balances() == std::vector<account_balance>{{"anna", 200}});
}

}  // namespace
