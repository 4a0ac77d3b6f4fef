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
  return asked.step() ? asked.number(0) : 0;
}

std::string database::text(std::string_view sql) {
  statement asked = prepare(sql);
  return asked.step() ? std::string(asked.text(0)) : std::string();
}

std::int64_t database::last_row() const noexcept {
  return ::sqlite3_last_insert_rowid(open_.get());
}

bool database::in_transaction() const noexcept {
  return ::sqlite3_get_autocommit(open_.get()) == 0;
}

bool statement::step() {
  const int code = ::sqlite3_step(prepared_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    ::sqlite3_reset(prepared_.get());
    of_->fail(code);
  }
  return code == SQLITE_ROW;
}

void statement::reset() noexcept { ::sqlite3_reset(prepared_.get()); }

std::int64_t statement::number(int column) const noexcept {
  return ::sqlite3_column_int64(prepared_.get(), column);
}

std::string_view statement::text(int column) const noexcept {
  const auto* first =
      reinterpret_cast<const char*>(::sqlite3_column_text(prepared_.get(), column));
  const int length = ::sqlite3_column_bytes(prepared_.get(), column);
  return first == nullptr ? std::string_view()
                          : std::string_view(first, static_cast<std::size_t>(length));
}

byte_view statement::bytes(int column) const noexcept {
  const auto* first =
      static_cast<const std::byte*>(::sqlite3_column_blob(prepared_.get(), column));
  return {first, static_cast<std::size_t>(::sqlite3_column_bytes(prepared_.get(), column))};
}

void statement::bind_one(int position, std::int64_t value) {
  ::sqlite3_bind_int64(prepared_.get(), position, value);
}

void statement::bind_one(int position, std::string_view value) {
  // Null would be another value than none.
  ::sqlite3_bind_text64(prepared_.get(), position, value.data() == nullptr ? "" : value.data(),
                        value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void statement::bind_one(int position, byte_view value) {
  ::sqlite3_bind_blob64(prepared_.get(), position,
                        value.data() == nullptr ? "" : static_cast<const void*>(value.data()),
                        value.size(), SQLITE_STATIC);
}

}  // namespace casty::sqlite
