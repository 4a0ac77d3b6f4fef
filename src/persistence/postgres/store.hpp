/// @file
/// The tables of a journal in PostgreSQL, and what is said to the server about them.
///
/// Layer: persistence, private.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "casty/persistence/postgres_journal.hpp"
#include "persistence/grouped_journal.hpp"
#include "persistence/postgres/connection.hpp"

namespace casty::postgres {

/// See `grouped_journal`. All functions throw `failure`.
class store {
 public:
  store(const std::string& conninfo, const postgres_options& options);

  // What needs an answer of the server before the transaction: numbers of types.
  void prepare(const detail::append_request& what);
  void prepare(const detail::save_request& what);
  void prepare(const detail::load_request& what);
  void prepare(const detail::find_request& what);
  void prepare(const detail::read_request& what);

  void begin();
  void send(const detail::append_request& what);
  void send(const detail::load_request& what);
  void send(const detail::save_request& what);
  void send(const detail::find_request& what);
  void send(const detail::delete_request& what);
  void send(const detail::list_request& what);
  void send(const detail::read_request& what);
  void sent();

  [[nodiscard]] journal_verdict run(const detail::append_request& what);
  [[nodiscard]] event_page run(const detail::load_request& what);
  [[nodiscard]] journal_verdict run(const detail::save_request& what);
  [[nodiscard]] snapshot_answer run(const detail::find_request& what);
  [[nodiscard]] journal_verdict run(const detail::delete_request& what);
  [[nodiscard]] entity_page run(const detail::list_request& what);
  [[nodiscard]] placed_page run(const detail::read_request& what);
  void commit();
  /// The last try to reach the server has failed.
  [[nodiscard]] bool is_away() const noexcept { return !server_ && wait_.count() != 0; }
  /// False when it is not known that nothing was done.
  [[nodiscard]] bool roll_back() noexcept;

 private:
  // A process of the server that has served us: its number comes again, its time does not.
  struct session {
    std::int64_t pid;
    std::int64_t started_us;
  };

  void connect();
  [[nodiscard]] bool look_for_tables();
  void end_former_sessions();
  void claim();
  void need_connection();
  void lose(std::string_view why);
  void need_types();
  void read_types(connection& from);
  [[nodiscard]] std::int32_t id_of(const stored_type& type);
  [[nodiscard]] stored_value value_in(const rows& of, int row, int type, int bytes);

  std::string conninfo_;
  postgres_options options_;
  std::optional<connection> server_;
  std::vector<session> sessions_;  // this one, and former ones that the server may still have
  std::chrono::steady_clock::time_point next_try_ = {};
  std::chrono::milliseconds wait_ = {};
  std::string lost_because_;
  std::unordered_map<const wire::type_label*, std::int32_t> ids_;
  std::unordered_map<std::int32_t, stored_type> types_;
  bool is_commit_sent_ = false;
  bool knows_types_ = false;  // all that the server has had
};

}  // namespace casty::postgres
