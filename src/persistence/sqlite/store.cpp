#include "persistence/sqlite/store.hpp"

#include <utility>

#include "persistence/numbers.hpp"
#include "persistence/page_room.hpp"

namespace casty::sqlite {

namespace {

using detail::stored_bound;

// "cast": what a file of ours bears in its header.
constexpr std::int64_t application_id = 0x63617374;
constexpr std::int64_t layout_version = 1;
// The length of the log at which what is in it goes to the file: as SQLite would do it.
constexpr int log_pages_max = 1000;
// Entities whose last number is remembered, at most.
constexpr std::size_t remembered_max = 200'000;

}  // namespace

// The tables. `position` is the order of all events, for whoever reads them all; `last` the
// greatest number among events that have been deleted.
void store::make_tables() {
  file_.execute(R"sql(
    BEGIN IMMEDIATE;
    CREATE TABLE types(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      description TEXT NOT NULL,
      UNIQUE(name, version, description));
    CREATE TABLE entities(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      last INTEGER NOT NULL);
    CREATE TABLE events(
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      entity INTEGER NOT NULL REFERENCES entities(id),
      sequence INTEGER NOT NULL,
      type INTEGER NOT NULL REFERENCES types(id),
      bytes BLOB NOT NULL,
      UNIQUE(entity, sequence));
    CREATE TABLE snapshots(
      entity INTEGER NOT NULL REFERENCES entities(id),
      sequence INTEGER NOT NULL,
      type INTEGER NOT NULL REFERENCES types(id),
      bytes BLOB NOT NULL,
      PRIMARY KEY(entity, sequence)) WITHOUT ROWID;
    PRAGMA application_id = 1667330932;
    PRAGMA user_version = 1;
    COMMIT;
  )sql");
}

struct store::statements {
  explicit statements(database& of)
      : begin(of.prepare("BEGIN")),
        commit(of.prepare("COMMIT")),
        roll_back(of.prepare("ROLLBACK")),
        entity(of.prepare("SELECT id, max(last, coalesce((SELECT max(sequence) FROM events "
                          "WHERE entity = id), 0)) FROM entities WHERE name = ?")),
        new_entity(of.prepare("INSERT INTO entities(name, last) VALUES(?, 0)")),
        keep_last(of.prepare("UPDATE entities SET last = ? WHERE id = ?")),
        event(of.prepare("INSERT INTO events(entity, sequence, type, bytes) VALUES(?, ?, ?, ?)")),
        events(of.prepare("SELECT sequence, type, bytes FROM events WHERE entity = ? "
                          "AND sequence > ? ORDER BY sequence LIMIT ?")),
        type(of.prepare("SELECT name, version, description FROM types WHERE id = ?")),
        type_id(of.prepare(
            "SELECT id FROM types WHERE name = ? AND version = ? AND description = ?")),
        new_type(of.prepare("INSERT INTO types(name, version, description) VALUES(?, ?, ?)")),
        snapshot(of.prepare("INSERT OR REPLACE INTO snapshots(entity, sequence, type, bytes) "
                            "VALUES(?, ?, ?, ?)")),
        old_snapshots(of.prepare("DELETE FROM snapshots WHERE entity = ?1 AND sequence NOT IN "
                                 "(SELECT sequence FROM snapshots WHERE entity = ?1 "
                                 "ORDER BY sequence DESC LIMIT ?2)")),
        newest_snapshot(of.prepare("SELECT sequence, type, bytes FROM snapshots "
                                   "WHERE entity = ? ORDER BY sequence DESC LIMIT 1")),
        old_events(of.prepare("DELETE FROM events WHERE entity = ? AND sequence <= ?")),
        names(of.prepare("SELECT name FROM entities WHERE name > ? AND (last > 0 OR EXISTS "
                         "(SELECT 1 FROM events WHERE entity = id)) ORDER BY name LIMIT ?")),
        all(of.prepare("SELECT position, name, sequence, type, bytes FROM events "
                       "JOIN entities ON entities.id = entity WHERE position > ? "
                       "ORDER BY position LIMIT ?")) {}

  statement begin;
  statement commit;
  statement roll_back;
  statement entity;
  statement new_entity;
  statement keep_last;
  statement event;
  statement events;
  statement type;
  statement type_id;
  statement new_type;
  statement snapshot;
  statement old_snapshots;
  statement newest_snapshot;
  statement old_events;
  statement names;
  statement all;
};

void store::statements_deleter::operator()(statements* all) const noexcept { delete all; }

store::store(const std::string& path, const sqlite_options& options, const char* vfs)
    : file_(path, vfs), checkpoint_at_(log_pages_max) {
  prepare_file(options);
  sql_.reset(new statements(file_));
}

// Whose file it is, before anything is written.
void store::prepare_file(const sqlite_options& options) {
  file_.execute("PRAGMA locking_mode = EXCLUSIVE");
  const bool is_empty = file_.number("SELECT count(*) FROM sqlite_schema") == 0;
  const std::int64_t owner = file_.number("PRAGMA application_id");
  if (owner != application_id && !(is_empty && owner == 0)) {
    throw failure(errc::corrupt, file_.path() + ": it is no journal of casty", true);
  }
  if (const std::int64_t version = file_.number("PRAGMA user_version");
      version > layout_version) {
    throw failure(errc::unavailable,
                  file_.path() + ": its layout is of a later casty: " + std::to_string(version),
                  true);
  }
  if (const std::string mode = file_.text("PRAGMA journal_mode = WAL"); mode != "wal") {
    throw failure(errc::unavailable, file_.path() + ": no write-ahead mode but " + mode, true);
  }
  file_.execute(options.waits_for_disk ? "PRAGMA synchronous = FULL"
                                       : "PRAGMA synchronous = NORMAL");
  if (owner != application_id) {
    make_tables();
  } else if (const std::string found = file_.text("PRAGMA quick_check(1)"); found != "ok") {
    throw failure(errc::corrupt, file_.path() + ": " + found, true);
  }
  file_.take_checkpoints();
  file_.execute("BEGIN IMMEDIATE; COMMIT");  // takes the lock, and keeps it
}

void store::begin() { sql_->begin.bind().step(); }

void store::commit() { sql_->commit.bind().step(); }

// A checkpoint that fails leaves everything in the log, where it is as safe, and is tried again
// when that has grown by as much; but a disk that has failed to sync is not to be trusted.
void store::after_commit() {
  if (file_.log_pages() < checkpoint_at_) {
    return;
  }
  bool is_done = false;
  try {
    is_done = file_.checkpoint();
  } catch (const failure& failed) {
    if (failed.is_final() || failed.code() == errc::corrupt) {
      throw;
    }
  }
  checkpoint_at_ = is_done ? log_pages_max : file_.log_pages() + log_pages_max;
}

bool store::roll_back() noexcept {
  entities_.clear();
  ids_.clear();
  types_.clear();
  if (file_.in_transaction()) {
    try {
      sql_->roll_back.bind().step();
    } catch (const error&) {  // SQLite has done so itself
    }
  }
  return true;
}

store::known_entity* store::find(std::string_view name) {
  if (const auto known = entities_.find(name); known != entities_.end()) {
    return &known->second;
  }
  execution row = sql_->entity.bind(name);
  if (!row.step()) {
    return nullptr;
  }
  if (entities_.size() >= remembered_max) {
    entities_.clear();
  }
  const known_entity found{row.number(0), static_cast<std::uint64_t>(row.number(1))};
  return &entities_.emplace(name, found).first->second;
}

store::known_entity& store::find_or_make(std::string_view name) {
  if (known_entity* found = find(name)) {
    return *found;
  }
  sql_->new_entity.bind(name).step();
  return entities_.emplace(name, known_entity{file_.last_row(), 0}).first->second;
}

std::int64_t store::id_of(const stored_type& type) {
  const wire::type_label& label = type.label();
  if (const auto known = ids_.find(&label); known != ids_.end()) {
    return known->second;
  }
  execution row = sql_->type_id.bind(label.name, std::int64_t{label.version}, label.description);
  const bool is_known = row.step();
  std::int64_t id = is_known ? row.number(0) : 0;
  if (!is_known) {
    sql_->new_type.bind(label.name, std::int64_t{label.version}, label.description).step();
    id = file_.last_row();
  }
  ids_.emplace(&label, id);
  return id;
}

const stored_type& store::type_at(std::int64_t id) {
  if (const auto known = types_.find(id); known != types_.end()) {
    return known->second;
  }
  execution row = sql_->type.bind(id);
  if (!row.step()) {
    throw failure(
        errc::corrupt,
        file_.path() + ": an event of type " + std::to_string(id) + ", which is not there", false);
  }
  const stored_type found({row.text(0), static_cast<std::uint32_t>(row.number(1)), row.text(2)});
  return types_.emplace(id, found).first->second;
}

stored_value store::value_in(const execution& row, const stored_type& type, int column) {
  const byte_view bytes = row.bytes(column);
  return {type, std::vector<std::byte>(bytes.begin(), bytes.end())};
}

journal_verdict store::run(const detail::append_request& what) {
  const auto& [entity, after, events] = what;
  known_entity& of = find_or_make(entity);
  if (after != of.last) {
    return detail::conflict_after(after, std::to_string(of.last + 1) + " is the next");
  }
  std::uint64_t sequence = after;
  for (const stored_value& each : events) {
    sql_->event
        .bind(of.id, static_cast<std::int64_t>(++sequence), id_of(each.type), byte_view(each.bytes))
        .step();
  }
  of.last = sequence;
  return {};
}

event_page store::run(const detail::load_request& what) {
  const auto& [entity, after, most] = what;
  event_page page;
  const known_entity* of = find(entity);
  if (of == nullptr) {
    return page;
  }
  page.last = of->last;
  struct row_of_event {
    std::int64_t type;
    std::vector<std::byte> bytes;
  };
  std::vector<row_of_event> rows;
  execution row = sql_->events.bind(of->id, stored_bound(after), stored_bound(most));
  detail::page_room room;
  while (row.step() && room.takes(row.bytes(2).size())) {
    const auto sequence = static_cast<std::uint64_t>(row.number(0));
    page.first = rows.empty() ? sequence : page.first;
    if (sequence != page.first + rows.size()) {
      page.verdict = {
          errc::corrupt,
          file_.path() + ": event " + std::to_string(page.first + rows.size()) + " is not there"};
      return page;
    }
    const byte_view bytes = row.bytes(2);
    rows.push_back({row.number(1), std::vector<std::byte>(bytes.begin(), bytes.end())});
  }
  page.events.reserve(rows.size());
  for (row_of_event& each : rows) {
    page.events.push_back({type_at(each.type), std::move(each.bytes)});
  }
  return page;
}

journal_verdict store::run(const detail::save_request& what) {
  const auto& [entity, snapshot, keep] = what;
  const std::int64_t id = find_or_make(entity).id;
  sql_->snapshot
      .bind(id, static_cast<std::int64_t>(snapshot.sequence), id_of(snapshot.state.type),
            byte_view(snapshot.state.bytes))
      .step();
  sql_->old_snapshots.bind(id, std::int64_t{keep}).step();
  return {};
}

snapshot_answer store::run(const detail::find_request& what) {
  snapshot_answer answer;
  const known_entity* of = find(what.entity);
  if (of == nullptr) {
    return answer;
  }
  execution row = sql_->newest_snapshot.bind(of->id);
  if (row.step()) {
    const auto sequence = static_cast<std::uint64_t>(row.number(0));
    answer.newest = stored_snapshot{sequence, value_in(row, type_at(row.number(1)), 2)};
  }
  return answer;
}

journal_verdict store::run(const detail::delete_request& what) {
  if (const known_entity* of = find(what.entity)) {
    // Once its events are gone, nothing else knows how many there were.
    sql_->keep_last.bind(static_cast<std::int64_t>(of->last), of->id).step();
    sql_->old_events.bind(of->id, stored_bound(what.sequence)).step();
  }
  return {};
}

placed_page store::run(const detail::read_request& what) {
  placed_page page;
  execution row = sql_->all.bind(stored_bound(what.after), stored_bound(what.most));
  detail::page_room room;
  while (row.step() && room.takes(row.bytes(4).size())) {
    const stored_type& type = type_at(row.number(3));
    page.events.push_back({static_cast<std::uint64_t>(row.number(0)), std::string(row.text(1)),
                           static_cast<std::uint64_t>(row.number(2)), value_in(row, type, 4)});
  }
  return page;
}

entity_page store::run(const detail::list_request& what) {
  entity_page page;
  execution row = sql_->names.bind(std::string_view(what.after), stored_bound(what.most));
  while (row.step()) {
    page.entities.emplace_back(row.text(0));
  }
  return page;
}

}  // namespace casty::sqlite
