/// @file
/// The tables of a journal in SQLite, and what is read and written there within a transaction.
///
/// Layer: persistence, private.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "casty/persistence/sqlite_journal.hpp"
#include "persistence/grouped_journal.hpp"
#include "persistence/sqlite/database.hpp"

namespace casty::sqlite {

/// As `sqlite_journal`, through an operating system interface of SQLite that is registered under
/// that name; null: its own.
[[nodiscard]] journal open_journal(const std::string& path, const sqlite_options& options,
                                   const char* vfs);

/// @thread  One at a time. All functions but the constructor run within a transaction, and throw
///          `failure`.
class store {
 public:
  store(const std::string& path, const sqlite_options& options, const char* vfs);

  [[nodiscard]] journal_verdict run(const detail::append_request& what);
  [[nodiscard]] event_page run(const detail::load_request& what);
  [[nodiscard]] journal_verdict run(const detail::save_request& what);
  [[nodiscard]] snapshot_answer run(const detail::find_request& what);
  [[nodiscard]] journal_verdict run(const detail::delete_request& what);
  [[nodiscard]] entity_page run(const detail::list_request& what);
  [[nodiscard]] placed_page run(const detail::read_request& what);

  void begin();
  void commit();
  /// What nobody waits for; the journal ends with what it throws.
  void after_commit();
  /// What was remembered of the transaction is forgotten too.
  bool roll_back() noexcept;

 private:
  struct known_entity {
    std::int64_t id;
    std::uint64_t last;  // the number of its last event
  };

  void prepare_file(const sqlite_options& options);
  void make_tables();
  [[nodiscard]] known_entity* find(std::string_view name);
  [[nodiscard]] known_entity& find_or_make(std::string_view name);
  [[nodiscard]] std::int64_t id_of(const stored_type& type);
  [[nodiscard]] const stored_type& type_at(std::int64_t id);
  [[nodiscard]] static stored_value value_in(const execution& row, const stored_type& type,
                                             int column);

  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>()(name);
    }
  };

  database file_;
  int checkpoint_at_;  // pages in the log
  struct statements;
  struct statements_deleter {
    void operator()(statements* all) const noexcept;
  };
  std::unique_ptr<statements, statements_deleter> sql_;
  std::unordered_map<std::string, known_entity, name_hash, std::equal_to<>> entities_;
  std::unordered_map<const wire::type_label*, std::int64_t> ids_;
  std::unordered_map<std::int64_t, stored_type> types_;
};

}  // namespace casty::sqlite
