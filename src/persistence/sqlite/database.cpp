#include "persistence/sqlite/database.hpp"

#include <utility>

#include <sqlite3.h>

namespace casty::sqlite {

namespace {

[[nodiscard]] errc meaning_of(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return errc::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::corrupt;
    default:
      return errc::unavailable;
  }
}

[[nodiscard]] const char* hint_for(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ": another process has it open";
    case SQLITE_NOTADB:
      return ": it is no journal of casty";
    default:
      return "";
  }
}

}  // namespace

void database::closer::operator()(sqlite3* open) const noexcept { ::sqlite3_close_v2(open); }

void statement::finalizer::operator()(sqlite3_stmt* prepared) const noexcept {
  ::sqlite3_finalize(prepared);
}

database::database(std::string path, const char* vfs) : path_(std::move(path)) {
  sqlite3* open = nullptr;
  const int code = ::sqlite3_open_v2(path_.c_str(), &open,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                         SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     vfs);
  open_.reset(open);
  if (code != SQLITE_OK) {
    fail(code);
  }
  // It would open such a file to read alone, and say so at the first write.
  if (::sqlite3_db_readonly(open, "main") == 1) {
    throw failure(errc::unavailable, path_ + ": it may not be written", true);
  }
}

void database::fail(int code) const {
  const bool is_final = code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
  throw failure(meaning_of(code),
                path_ + ": " +
                    (open_ == nullptr ? ::sqlite3_errstr(code) : ::sqlite3_errmsg(open_.get())) +
                    hint_for(code),
                is_final);
}

statement database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code =
      ::sqlite3_prepare_v3(open_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
  }
  return statement(*this, prepared);
}

void database::execute(const char* sql) {
  if (const int code = ::sqlite3_exec(open_.get(), sql, nullptr, nullptr, nullptr);
      code != SQLITE_OK) {
    fail(code);
  }
}

std::int64_t database::number(std::string_view sql) {
  statement asked = prepare(sql);
  execution row = asked.bind();
  return row.step() ? row.number(0) : 0;
}

std::string database::text(std::string_view sql) {
  statement asked = prepare(sql);
  execution row = asked.bind();
  return row.step() ? std::string(row.text(0)) : std::string();
}

std::int64_t database::last_row() const noexcept {
  return ::sqlite3_last_insert_rowid(open_.get());
}

bool database::in_transaction() const noexcept {
  return ::sqlite3_get_autocommit(open_.get()) == 0;
}

// SQLite's own ones, at the end of a commit, keep their errors to themselves.
void database::take_checkpoints() {
  ::sqlite3_wal_hook(
      open_.get(),
      [](void* of, sqlite3*, const char*, int pages) {
        static_cast<database*>(of)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

bool database::checkpoint() {
  int in_log = 0;
  int written = 0;
  const int code = ::sqlite3_wal_checkpoint_v2(open_.get(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                               &in_log, &written);
  if (code != SQLITE_OK) {
    fail(code);
  }
  if (in_log != written) {
    return false;
  }
  log_pages_ = 0;
  return true;
}

void statement::check(int code) const {
  if (code != SQLITE_OK) {
    of_->fail(code);
  }
}

void statement::reset() noexcept { ::sqlite3_reset(prepared_.get()); }

void statement::bind_one(int position, std::int64_t value) {
  check(::sqlite3_bind_int64(prepared_.get(), position, value));
}

void statement::bind_one(int position, std::string_view value) {
  // Null would be another value than none.
  check(::sqlite3_bind_text64(prepared_.get(), position,
                              value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind_one(int position, byte_view value) {
  check(::sqlite3_bind_blob64(prepared_.get(), position,
                              value.data() == nullptr ? "" : static_cast<const void*>(value.data()),
                              value.size(), SQLITE_STATIC));
}

bool execution::step() {
  const int code = ::sqlite3_step(prepared());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    of_->of_->fail(code);
  }
  return code == SQLITE_ROW;
}

std::int64_t execution::number(int column) const noexcept {
  return ::sqlite3_column_int64(prepared(), column);
}

std::string_view execution::text(int column) const noexcept {
  const auto* first = reinterpret_cast<const char*>(::sqlite3_column_text(prepared(), column));
  const int length = ::sqlite3_column_bytes(prepared(), column);
  return first == nullptr ? std::string_view()
                          : std::string_view(first, static_cast<std::size_t>(length));
}

byte_view execution::bytes(int column) const noexcept {
  const auto* first = static_cast<const std::byte*>(::sqlite3_column_blob(prepared(), column));
  return {first, static_cast<std::size_t>(::sqlite3_column_bytes(prepared(), column))};
}

}  // namespace casty::sqlite
