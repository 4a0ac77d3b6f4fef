#include "ledger/journal/account_table.hpp"

#include <utility>

#include <sqlite3.h>

#include "ledger/bytes.hpp"

namespace ledger {

namespace {

// "ledg": what a file of ours bears in its header.
constexpr std::uint64_t application_id = 0x6c656467;
constexpr int patience_ms = 5000;  // with others who read it

// Those of another version can be made anew, as all of it.
constexpr std::uint64_t layout_version = 2;
constexpr const char* make_tables = R"sql(
  BEGIN IMMEDIATE;
  DROP VIEW IF EXISTS top;
  DROP TABLE IF EXISTS accounts;
  DROP TABLE IF EXISTS progress;
  CREATE TABLE accounts(account TEXT PRIMARY KEY, balance_cents INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE progress(
    journal TEXT NOT NULL,
    position INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    batch_id TEXT NOT NULL,
    settled INTEGER NOT NULL,
    refused INTEGER NOT NULL);
  INSERT INTO progress VALUES('', 0, 0, '', 0, 0);
  CREATE VIEW top AS
    SELECT account, balance_cents FROM accounts ORDER BY balance_cents DESC, account LIMIT 10;
  PRAGMA application_id = 1818584167;
  PRAGMA user_version = 2;
  COMMIT;
)sql";

// The text outlives the step.
void bind(sqlite3_stmt* to, int place, std::string_view text) {
  sqlite3_bind_text(to, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}
void bind(sqlite3_stmt* to, int place, std::uint64_t number) {
  sqlite3_bind_int64(to, place, static_cast<std::int64_t>(number));
}

std::string text_in(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

}  // namespace

void account_table::closer::operator()(sqlite3* open) const noexcept { sqlite3_close(open); }
void account_table::closer::operator()(sqlite3_stmt* prepared) const noexcept {
  sqlite3_finalize(prepared);
}

account_table::account_table(std::string path) : path_(std::move(path)) {
  open();
  const std::uint64_t owner = number("PRAGMA application_id");
  const bool is_empty = number("SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != application_id && !(is_empty && owner == 0)) {
    throw file_error("cannot use " + path_ + ": it is no table of the ledger's");
  }
  // It can be made anew: the disk is not waited for.
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  const std::uint64_t version = number("PRAGMA user_version");
  if (version > layout_version) {
    throw file_error("cannot use " + path_ + ": it is of a later ledger");
  }
  if (version != layout_version) {
    execute(make_tables);
  }
  upsert_ = prepare(
      "INSERT INTO accounts VALUES(?, ?) ON CONFLICT(account) "
      "DO UPDATE SET balance_cents = balance_cents + excluded.balance_cents");
  advance_ = prepare(
      "UPDATE progress SET position = ?1, batch = ?2, settled = settled + ?3, "
      "refused = refused + ?4, batch_id = ?5 "
      "WHERE position = ?6 AND journal = ?7 AND batch_id = ?8");
}

void account_table::open() {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  file_.reset(opened);
  if (code != SQLITE_OK) {
    fail();
  }
  sqlite3_busy_timeout(opened, patience_ms);
}

account_table::place account_table::reached() {
  const statement row = prepare("SELECT journal, position, batch, batch_id FROM progress");
  place found;
  if (step(row)) {
    found.journal_id = text_in(row.get(), 0);
    found.position = static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 1));
    found.newest.batch = static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 2));
    found.newest.id = text_in(row.get(), 3);
  }
  return found;
}

void account_table::begin_anew(std::string_view journal_id) {
  execute("BEGIN IMMEDIATE; DELETE FROM accounts");
  const statement renew = prepare(
      "UPDATE progress SET journal = ?, position = 0, batch = 0, batch_id = '', settled = 0, "
      "refused = 0");
  bind(renew.get(), 1, journal_id);
  (void)step(renew);
  execute("COMMIT");
  (void)go_on();
}

account_table::place account_table::go_on() {
  gains_.clear();
  counted_ = {};
  reached_ = reached();
  return reached_;
}

void account_table::add(std::string_view account, const events::Settled& event) {
  auto found = gains_.find(account);
  if (found == gains_.end()) {
    found = gains_.emplace(account, 0).first;
  }
  found->second += gain_of(event.as, event.cents);
  counted_.settled += event.as == events::role::receiver ? 0 : 1;
}

void account_table::add(const events::Refused& /*event*/) { ++counted_.refused; }

void account_table::commit(const events::BatchDone& done, std::uint64_t position) {
  execute("BEGIN IMMEDIATE");
  for (const auto& [account, cents] : gains_) {
    bind(upsert_.get(), 1, account);
    bind(upsert_.get(), 2, static_cast<std::uint64_t>(cents));
    (void)step(upsert_);
    sqlite3_reset(upsert_.get());
  }
  bind(advance_.get(), 1, position);
  bind(advance_.get(), 2, done.batch);
  bind(advance_.get(), 3, counted_.settled);
  bind(advance_.get(), 4, counted_.refused);
  bind(advance_.get(), 5, done.id);
  bind(advance_.get(), 6, reached_.position);
  bind(advance_.get(), 7, reached_.journal_id);
  bind(advance_.get(), 8, reached_.newest.id);
  (void)step(advance_);
  sqlite3_reset(advance_.get());
  if (sqlite3_changes(file_.get()) != 1) {
    execute("ROLLBACK");
    throw file_error("cannot use " + path_ + ": another process has changed it");
  }
  execute("COMMIT");
  reached_.position = position;
  reached_.newest = done;
  gains_.clear();
  counted_ = {};
}

account_table::content account_table::read() {
  execute("BEGIN");
  content found;
  found.at = reached();
  found.counts = {number("SELECT settled FROM progress"), number("SELECT refused FROM progress")};
  std::vector<std::int64_t> cents;
  names_.clear();
  {
    const statement row = prepare("SELECT account, balance_cents FROM accounts ORDER BY account");
    while (step(row)) {
      names_.push_back(text_in(row.get(), 0));
      cents.push_back(sqlite3_column_int64(row.get(), 1));
    }
  }
  execute("COMMIT");
  found.balances.reserve(names_.size());
  for (std::size_t at = 0; at < names_.size(); ++at) {
    found.balances.push_back({names_[at], cents[at]});
  }
  return found;
}

void account_table::execute(const char* sql) {
  if (sqlite3_exec(file_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail();
  }
}

account_table::statement account_table::prepare(const char* sql) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(file_.get(), sql, -1, &made, nullptr) != SQLITE_OK) {
    fail();
  }
  return statement(made);
}

bool account_table::step(const statement& row) {
  const int code = sqlite3_step(row.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    fail();
  }
  return code == SQLITE_ROW;
}

std::uint64_t account_table::number(const char* sql) {
  const statement row = prepare(sql);
  return step(row) ? static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0)) : 0;
}

void account_table::fail() const {
  throw file_error("cannot use " + path_ + ": " + sqlite3_errmsg(file_.get()));
}

}  // namespace ledger
