/// @file
/// The balances of all accounts as a table of SQLite: what is made of the events of a journal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/journal/events.hpp"
#include "ledger/transaction.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ledger {

/// Tables `accounts` and `progress`, and a view `top` of the ten richest. It can be read by
/// others at any time, and deleted: then it is made anew.
///
/// @thread  One at a time.
class account_table {
 public:
  /// @throws  file_error; so do all others.
  explicit account_table(std::string path);

  /// How far it is, as it was committed last: batches are in it whole.
  struct place {
    std::string journal_id = {};
    std::uint64_t position = 0;  // in that journal
    events::BatchDone newest = {};
  };
  [[nodiscard]] place reached();
  /// Empties it, for that journal.
  void begin_anew(std::string_view journal_id);
  /// To be called before what comes next is added: from the place where it is, on. What was added
  /// and never committed is forgotten.
  [[nodiscard]] place go_on();

  // What comes after. Is in the table with the next `commit`.
  void add(std::string_view account, const events::Settled& event);
  void add(const events::Refused& event);
  void commit(const events::BatchDone& done, std::uint64_t position);

  struct content {
    place at = {};
    outcome_counts counts = {};
    std::vector<account_balance> balances = {};  ///< sorted by bytes; they point into the table
  };
  /// All of one moment, whoever else writes. Valid until it is asked again.
  [[nodiscard]] content read();

 private:
  struct closer {
    void operator()(sqlite3* open) const noexcept;
    void operator()(sqlite3_stmt* prepared) const noexcept;
  };
  using statement = std::unique_ptr<sqlite3_stmt, closer>;

  void open();
  void execute(const char* sql);
  [[nodiscard]] statement prepare(const char* sql);
  [[nodiscard]] bool step(const statement& row);
  [[nodiscard]] std::uint64_t number(const char* sql);
  [[noreturn]] void fail() const;

  std::string path_;
  std::unique_ptr<sqlite3, closer> file_;
  statement upsert_;
  statement advance_;
  std::map<std::string, std::int64_t, std::less<>> gains_;  // since the last commit
  outcome_counts counted_;                                  // since then
  place reached_;                                           // as this has left it
  std::vector<std::string> names_;
};

}  // namespace ledger
