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
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[noreturn]] void fail(int code) const;

 private:
  struct closer {
    void operator()(sqlite3* open) const noexcept;
  };

  std::string path_;
  std::unique_ptr<sqlite3, closer> open_;
};

/// A prepared statement, to be run again and again: bind from the first parameter on, step, and
/// read columns from 0. What is bound outlives the steps.
class statement {
 public:
  statement(database& of, sqlite3_stmt* prepared) noexcept : of_(&of), prepared_(prepared) {}

  template <class... Values>
  statement& bind(const Values&... values) {
    reset();
    int position = 0;
    (bind_one(++position, values), ...);
    return *this;
  }
  /// True when there is a row.
  bool step();
  /// One that gives no rows.
  void run() {
    (void)step();
    reset();
  }
  void reset() noexcept;

  [[nodiscard]] std::int64_t number(int column) const noexcept;
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] byte_view bytes(int column) const noexcept;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* prepared) const noexcept;
  };
  void bind_one(int position, std::int64_t value);
  void bind_one(int position, std::string_view value);
  void bind_one(int position, byte_view value);

  database* of_;
  std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
};

}  // namespace casty::sqlite
