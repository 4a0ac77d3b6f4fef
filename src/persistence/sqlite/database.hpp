/// @file
/// A connection to SQLite and its statements, with errors as `casty::error`.
///
/// Layer: persistence, private.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "casty/core/error.hpp"
#include "casty/wire/bytes.hpp"
#include "persistence/grouped_journal.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace casty::sqlite {

// What SQLite says, in casty's words. A disk that has failed to sync is not to be trusted any
// more: what it says of later writes means nothing (Rebello et al. 2020, "Can applications
// recover from fsync failures?").
using failure = detail::store_failure;

class statement;

/// @thread  One at a time.
class database {
 public:
  /// Opens, or makes, the file at `path`.
  database(std::string path, const char* vfs);
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  [[nodiscard]] statement prepare(std::string_view sql);
  void execute(const char* sql);
  /// The first column of the first row.
  [[nodiscard]] std::int64_t number(std::string_view sql);
  [[nodiscard]] std::string text(std::string_view sql);
  [[nodiscard]] std::int64_t last_row() const noexcept;
  [[nodiscard]] bool in_transaction() const noexcept;
  /// From now on nobody but `checkpoint` writes from the log to the file.
  void take_checkpoints();
  /// How long the log was after the last commit.
  [[nodiscard]] int log_pages() const noexcept { return log_pages_; }
  /// False when the log cannot begin anew: somebody reads from it.
  bool checkpoint();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[noreturn]] void fail(int code) const;

 private:
  struct closer {
    void operator()(sqlite3* open) const noexcept;
  };

  std::string path_;
  int log_pages_ = 0;
  std::unique_ptr<sqlite3, closer> open_;
};

class execution;

/// A prepared statement, to be run again and again.
class statement {
 public:
  statement(database& of, sqlite3_stmt* prepared) noexcept : of_(&of), prepared_(prepared) {}

  /// From the first parameter on. What is bound outlives the execution.
  template <class... Values>
  [[nodiscard]] execution bind(const Values&... values);

 private:
  friend class execution;
  struct finalizer {
    void operator()(sqlite3_stmt* prepared) const noexcept;
  };
  void bind_one(int position, std::int64_t value);
  void bind_one(int position, std::string_view value);
  void bind_one(int position, byte_view value);
  void check(int code) const;
  void reset() noexcept;

  database* of_;
  std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
};

/// One run of a statement, which ends with it: one that does not end, whatever was thrown, would
/// keep the log from beginning anew. Step, then read columns from 0.
class execution {
 public:
  explicit execution(statement& of) noexcept : of_(&of) {}
  execution(const execution&) = delete;
  execution& operator=(const execution&) = delete;
  ~execution() { of_->reset(); }

  /// True when there is a row.
  bool step();
  [[nodiscard]] std::int64_t number(int column) const noexcept;
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] byte_view bytes(int column) const noexcept;

 private:
  [[nodiscard]] sqlite3_stmt* prepared() const noexcept { return of_->prepared_.get(); }

  statement* of_;
};

template <class... Values>
execution statement::bind(const Values&... values) {
  reset();
  int position = 0;
  (bind_one(++position, values), ...);
  return execution(*this);
}

}  // namespace casty::sqlite
