#include "ledger/journal/place.hpp"

#include <filesystem>
#include <memory>
#include <system_error>

#include <sqlite3.h>

#include "casty/persistence/sqlite_journal.hpp"

#include "ledger/bytes.hpp"
#include "ledger/journal/postgres_place.hpp"
#include "ledger/output_file.hpp"

namespace ledger {

namespace {

namespace fs = std::filesystem;

bool is_there(const std::string& path) {
  std::error_code failed;
  return fs::exists(fs::status(path, failed));
}

std::string free_name_like(const std::string& path) {
  std::string aside;
  for (int number = 1; aside.empty() || is_there(aside); ++number) {
    aside = path + "." + std::to_string(number);
  }
  return aside;
}

// The one that is there is opened first: so it is a journal, nobody else's, and complete in its
// one file when it is closed again. Then it is held until it has its new name; without a log
// beside it, for that would keep the old name.
void put_aside(const std::string& path) {
  (void)casty::sqlite_journal(path);
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> held(opened, &sqlite3_close);
  if (code != SQLITE_OK ||
      sqlite3_exec(opened, "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE", nullptr, nullptr,
                   nullptr) != SQLITE_OK) {
    throw file_error("cannot rename " + path + ": " + sqlite3_errmsg(opened));
  }
  std::error_code failed;
  fs::rename(path, free_name_like(path), failed);
  if (failed) {
    throw file_error("cannot rename " + path + ": " + failed.message());
  }
}

}  // namespace

std::string journal_place::name() const {
  switch (kind) {
    case journal_kind::memory:
      return "memory";
    case journal_kind::sqlite:
      return where;
    case journal_kind::postgres:
      return "postgres:" + without_passwords(where);
  }
  return {};
}

std::optional<journal_place> journal_place_of(std::string_view text) {
  if (text == "memory") {
    return journal_place{};
  }
  for (const auto& [prefix, kind] : {std::pair(std::string_view("sqlite:"), journal_kind::sqlite),
                                     std::pair(std::string_view("postgres:"),
                                               journal_kind::postgres)}) {
    if (text.starts_with(prefix) && text.size() > prefix.size()) {
      return journal_place{kind, std::string(text.substr(prefix.size()))};
    }
  }
  return std::nullopt;
}

journal_place default_journal(const std::string& input) {
  return {journal_kind::sqlite, input + ".journal.sqlite"};
}

std::string table_place(const std::string& input, const journal_place& journal) {
  const bool is_elsewhere = journal.kind == journal_kind::sqlite &&
                            place_of(journal.where) != place_of(default_journal(input).where);
  return (is_elsewhere ? journal.where : input) + ".accounts.sqlite";
}

std::vector<std::string> files_beside(const std::string& sqlite_file) {
  return {sqlite_file + "-wal", sqlite_file + "-shm", sqlite_file + "-journal"};
}

casty::journal open_journal(const journal_place& place, bool fresh) {
  switch (place.kind) {
    case journal_kind::memory:
      break;
    case journal_kind::sqlite:
      if (fresh && is_there(place.where)) {
        put_aside(place.where);
      }
      return casty::sqlite_journal(place.where);
    case journal_kind::postgres:
      return open_postgres(place.where, fresh);
  }
  return casty::in_memory_journal();
}

casty::journal find_journal(const journal_place& place) {
  switch (place.kind) {
    case journal_kind::memory:
      throw file_error("a journal in memory is gone with its run");
    case journal_kind::sqlite:
      if (!is_there(place.where)) {
        throw file_error("there is no journal at " + place.where);
      }
      break;
    case journal_kind::postgres:
      return find_postgres(place.where);
  }
  return open_journal(place, false);
}

}  // namespace ledger
