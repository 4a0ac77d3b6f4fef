/// @file
/// Where a journal is, as `--journal` says it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casty/persistence/journal.hpp"

namespace ledger {

enum class journal_kind { memory, sqlite, postgres };

struct journal_place {
  journal_kind kind = journal_kind::memory;
  std::string where = {};  // a path, or what libpq connects to

  [[nodiscard]] bool lasts() const noexcept { return kind != journal_kind::memory; }
  /// For the user, without passwords.
  [[nodiscard]] std::string name() const;
};

/// `memory`, `sqlite:PATH` or `postgres:CONNINFO`; nothing for anything else.
[[nodiscard]] std::optional<journal_place> journal_place_of(std::string_view text);

/// Beside the input.
[[nodiscard]] journal_place default_journal(const std::string& input);

/// Where the table of balances is: beside the journal when that is a file, else beside the input.
[[nodiscard]] std::string table_place(const std::string& input, const journal_place& journal);

/// Files that SQLite makes beside one of its own.
[[nodiscard]] std::vector<std::string> files_beside(const std::string& sqlite_file);

/// Opens the journal, or makes it, for this process alone.
///
/// @param fresh  One that is there is put aside under a numbered name.
/// @throws       file_error, casty::error: another process has it, it is none of casty's,
///               it cannot be read and written, or it is damaged.
[[nodiscard]] casty::journal open_journal(const journal_place& place, bool fresh);

/// Opens one that is there.
[[nodiscard]] casty::journal find_journal(const journal_place& place);

}  // namespace ledger
