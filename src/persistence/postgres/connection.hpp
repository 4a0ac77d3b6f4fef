/// @file
/// A connection to PostgreSQL, its parameters and its results, with errors as `casty::error`.
///
/// Layer: persistence, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "casty/core/duration.hpp"
#include "casty/wire/bytes.hpp"
#include "persistence/grouped_journal.hpp"

struct pg_conn;
struct pg_result;

namespace casty::postgres {

using failure = detail::store_failure;

// Values of a statement, in PostgreSQL's binary format.
class parameters {
 public:
  parameters& add(std::int64_t value);
  parameters& add(std::string_view bytes);
  parameters& add(byte_view bytes);
  parameters& add(const std::vector<std::int32_t>& values);
  parameters& add(const std::vector<byte_view>& values);

 private:
  friend class connection;

  std::vector<std::string> values_;
  std::vector<unsigned> types_;
};

class rows {
 public:
  explicit rows(pg_result* of) noexcept : of_(of) {}

  [[nodiscard]] int count() const noexcept;
  [[nodiscard]] bool is_null(int row, int column) const noexcept;
  [[nodiscard]] std::int64_t number(int row, int column) const noexcept;
  [[nodiscard]] bool truth(int row, int column) const noexcept;
  [[nodiscard]] byte_view bytes(int row, int column) const noexcept;
  [[nodiscard]] std::string_view text(int row, int column) const noexcept;
  [[nodiscard]] std::string_view command() const noexcept;

 private:
  struct closer {
    void operator()(pg_result* of) const noexcept;
  };
  std::unique_ptr<pg_result, closer> of_;
};

/// Never waits longer than `patience` for the server's next sign of life, and throws then; it is of
/// no use any more after that.
///
/// @thread  One at a time.
class connection {
 public:
  connection(const std::string& conninfo, duration patience);

  [[nodiscard]] bool is_good() const noexcept;
  /// Whether patience has ended: nothing is lost at this end.
  [[nodiscard]] bool is_silent() const noexcept { return is_silent_; }
  /// Statements without parameters, one after the other.
  void execute(const char* sql);
  [[nodiscard]] rows ask(const char* sql, const parameters& with = {});

  // A pipeline: statements go out, then their results come in, in the same order.
  void begin_pipeline();
  void send(const char* sql, const parameters& with = {});
  void sync();
  [[nodiscard]] rows receive();
  /// Drops what has not been received. False when the connection is of no use any more.
  [[nodiscard]] bool end_pipeline() noexcept;
  /// Undoes a transaction that has not ended. False as `end_pipeline`.
  [[nodiscard]] bool leave_transaction() noexcept;
  /// Whether among what `end_pipeline` has dropped there was the answer to a COMMIT that was done.
  [[nodiscard]] bool has_committed() const noexcept { return has_committed_; }

 private:
  struct closer {
    void operator()(pg_conn* of) const noexcept;
  };
  void send_one(const char* sql, const parameters& with);
  void flush();
  void wait_for(short events);
  [[nodiscard]] pg_result* next_result();
  [[nodiscard]] rows only_result();
  [[nodiscard]] rows checked(pg_result* got);
  void drop_pipeline();
  [[noreturn]] void fail() const;

  std::unique_ptr<pg_conn, closer> of_;
  duration patience_;
  std::size_t unflushed_bytes_ = 0;
  bool is_silent_ = false;
  bool is_synced_ = true;
  bool has_committed_ = false;
};

}  // namespace casty::postgres
