#include "persistence/postgres/store.hpp"

#include <algorithm>
#include <utility>

#include "persistence/numbers.hpp"

namespace casty::postgres {

namespace {

using detail::stored_bound;

// Another one for each change of what `make_tables` makes, functions too: it runs but once.
constexpr std::int64_t layout_version = 1;
constexpr std::int64_t page_bytes_max = event_journal::page_bytes_max;
constexpr std::chrono::milliseconds claim_most{5'000};
constexpr std::chrono::milliseconds wait_least{100};
constexpr std::chrono::milliseconds wait_most{10'000};

// Names are bytes, so that any may be one, in the order of their bytes. An append holds a lock of
// its own until it is committed: so positions become visible in their order.
constexpr const char* make_tables = R"sql(
  BEGIN;
  SELECT pg_advisory_xact_lock(7161121870142);
  CREATE SCHEMA IF NOT EXISTS casty;
  CREATE TABLE IF NOT EXISTS casty.layout(version bigint NOT NULL);
  INSERT INTO casty.layout SELECT 1 WHERE NOT EXISTS (SELECT FROM casty.layout);
  CREATE TABLE IF NOT EXISTS casty.types(
    id serial PRIMARY KEY,
    name bytea NOT NULL,
    version bigint NOT NULL,
    description bytea NOT NULL,
    UNIQUE(name, version, description));
  CREATE TABLE IF NOT EXISTS casty.entities(
    id bigserial PRIMARY KEY,
    name bytea NOT NULL UNIQUE,
    last bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS casty.events(
    position bigserial PRIMARY KEY,
    entity bigint NOT NULL REFERENCES casty.entities(id),
    sequence bigint NOT NULL,
    type integer NOT NULL REFERENCES casty.types(id),
    bytes bytea NOT NULL,
    UNIQUE(entity, sequence));
  CREATE TABLE IF NOT EXISTS casty.snapshots(
    entity bigint NOT NULL REFERENCES casty.entities(id),
    sequence bigint NOT NULL,
    type integer NOT NULL REFERENCES casty.types(id),
    bytes bytea NOT NULL,
    PRIMARY KEY(entity, sequence));
  CREATE OR REPLACE FUNCTION casty.append(named bytea, after bigint, types integer[],
                                          payloads bytea[]) RETURNS boolean AS $$
    DECLARE
      found_id bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(7161121870143);
      UPDATE casty.entities SET last = last + cardinality(types)
        WHERE name = named AND last = after RETURNING id INTO found_id;
      IF found_id IS NULL AND after = 0 THEN
        INSERT INTO casty.entities(name, last) VALUES(named, cardinality(types))
          ON CONFLICT DO NOTHING RETURNING id INTO found_id;
      END IF;
      IF found_id IS NULL THEN
        RETURN false;
      END IF;
      INSERT INTO casty.events(entity, sequence, type, bytes)
        SELECT found_id, after + place, type, payload
          FROM unnest(types, payloads) WITH ORDINALITY AS each(type, payload, place)
          ORDER BY place;
      RETURN true;
    END
  $$ LANGUAGE plpgsql;
  CREATE OR REPLACE FUNCTION casty.save_snapshot(named bytea, number bigint, of_type integer,
                                                 state bytea, keep bigint) RETURNS void AS $$
    DECLARE
      found_id bigint;
    BEGIN
      INSERT INTO casty.entities(name, last) VALUES(named, 0) ON CONFLICT DO NOTHING;
      SELECT id INTO found_id FROM casty.entities WHERE name = named;
      INSERT INTO casty.snapshots(entity, sequence, type, bytes)
        VALUES(found_id, number, of_type, state)
        ON CONFLICT(entity, sequence) DO UPDATE SET type = of_type, bytes = state;
      DELETE FROM casty.snapshots WHERE entity = found_id AND sequence NOT IN
        (SELECT sequence FROM casty.snapshots WHERE entity = found_id
           ORDER BY sequence DESC LIMIT keep);
    END
  $$ LANGUAGE plpgsql;
  COMMIT;
)sql";

// The server sums up the bytes of all of these before it leaves out what is too much.
[[nodiscard]] std::int64_t page_rows(std::size_t most) noexcept {
  return static_cast<std::int64_t>(std::min<std::size_t>(most, 10'000));
}

}  // namespace

store::store(const std::string& conninfo, const postgres_options& options)
    : conninfo_(conninfo), options_(options) {
  connect();
}

void store::connect() {
  server_.emplace(conninfo_, options_.patience);
  const bool has_tables = look_for_tables();
  if (options_.exclusive) {
    end_former_sessions();
    claim();
  }
  if (!has_tables) {
    server_->execute(make_tables);
  }
  // An answer means that it is on the disk, whatever the database is set to.
  server_->execute(
      "SELECT set_config('synchronous_commit', 'on', false) "
      "WHERE current_setting('synchronous_commit') = 'off'");
  // A page is the next few rows of an index. Of a table that it has not analyzed yet the server
  // thinks that it is better to collect all there are and to sort them, for each page.
  server_->execute("SET enable_bitmapscan = off");
  wait_ = {};
  knows_types_ = false;
  ids_.clear();
  types_.clear();
}

// All are made in one transaction, the layout among them. Who may use them need not have the right
// to make some.
bool store::look_for_tables() {
  const rows there = server_->ask("SELECT to_regclass('casty.layout') IS NOT NULL");
  if (!there.truth(0, 0)) {
    return false;
  }
  const rows found = server_->ask("SELECT version FROM casty.layout");
  if (found.count() != 1 || found.number(0, 0) > layout_version) {
    throw failure(errc::unavailable, "the journal in the schema casty is of a later casty", true);
  }
  return found.number(0, 0) == layout_version;
}

// The server may not have noticed that a connection is lost, and its process then keeps our lock,
// or waits for it. That lock, its number and when it began make certain that it is ours.
void store::end_former_sessions() {
  constexpr const char* find =
      "SELECT pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND "
      "(classid::bigint << 32) + objid::bigint = 7161121870144) AND pg_terminate_backend(pid) "
      "FROM pg_stat_activity WHERE pid = $1 AND "
      "(extract(epoch FROM backend_start) * 1000000)::bigint = $2";
  std::erase_if(sessions_, [this](const session& each) {
    parameters with;
    with.add(each.pid).add(each.started_us);
    return server_->ask(find, with).count() == 0;
  });
  const rows own = server_->ask(
      "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_activity "
      "WHERE pid = pg_backend_pid()");
  if (own.count() == 1) {
    sessions_.push_back({own.number(0, 0), own.number(0, 1)});
  }
}

// On the connection that writes: the server lets go of the lock when it has done, or dropped, the
// last of what a process sent that has died since.
void store::claim() {
  // Not as long as patience, which would end the connection.
  const std::int64_t most_ms =
      std::min<std::int64_t>(claim_most.count(), options_.patience.count() / 1'000'000 * 3 / 4 + 1);
  server_->execute(("SET lock_timeout = " + std::to_string(most_ms)).c_str());
  try {
    (void)server_->ask("SELECT pg_advisory_lock(7161121870144)");
  } catch (const error&) {
    if (!server_->is_good()) {
      throw;
    }
    throw failure(errc::unavailable, "another process has the journal in the schema casty", false);
  }
  server_->execute("RESET lock_timeout");
}

// Not again and again while the server is away: each attempt may take its time.
void store::need_connection() {
  if (server_ && server_->is_good()) {
    return;
  }
  if (std::chrono::steady_clock::now() < next_try_) {
    throw failure(errc::unavailable, "the connection is lost: " + lost_because_, false);
  }
  try {
    connect();
  } catch (const std::exception& failed) {
    lose(failed.what());
    throw;
  }
}

void store::lose(std::string_view why) {
  server_.reset();
  lost_because_ = why;
  wait_ = std::clamp(wait_ * 2, wait_least, wait_most);
  next_try_ = std::chrono::steady_clock::now() + wait_;
}

void store::need_types() {
  need_connection();
  if (knows_types_) {
    return;
  }
  read_types(*server_);
  knows_types_ = true;
}

void store::read_types(connection& from) {
  const rows all = from.ask("SELECT id, name, version, description FROM casty.types");
  for (int row = 0; row < all.count(); ++row) {
    const auto id = static_cast<std::int32_t>(all.number(row, 0));
    const stored_type type({all.text(row, 1), static_cast<std::uint32_t>(all.number(row, 2)),
                            all.text(row, 3)});
    types_.insert_or_assign(id, type);
    ids_.insert_or_assign(&type.label(), id);
  }
}

std::int32_t store::id_of(const stored_type& type) {
  need_types();
  if (const auto known = ids_.find(&type.label()); known != ids_.end()) {
    return known->second;
  }
  const wire::type_label& label = type.label();
  parameters named;
  named.add(label.name).add(std::int64_t{label.version}).add(label.description);
  (void)server_->ask(
      "INSERT INTO casty.types(name, version, description) VALUES($1, $2, $3) "
      "ON CONFLICT DO NOTHING",
      named);
  const rows found = server_->ask(
      "SELECT id FROM casty.types WHERE name = $1 AND version = $2 AND description = $3", named);
  const auto id = static_cast<std::int32_t>(found.number(0, 0));
  ids_.emplace(&label, id);
  types_.emplace(id, type);
  return id;
}

// Another process may have written one since they were read. This connection is in the midst of
// its answers: a short one of its own asks.
stored_value store::value_in(const rows& of, int row, int type, int bytes) {
  const auto id = static_cast<std::int32_t>(of.number(row, type));
  auto known = types_.find(id);
  if (known == types_.end()) {
    connection other(conninfo_, options_.patience);
    read_types(other);
    known = types_.find(id);
  }
  if (known == types_.end()) {
    throw failure(errc::corrupt,
                  "an event of type " + std::to_string(id) + ", which is not there",
                  false);
  }
  const byte_view all = of.bytes(row, bytes);
  return {known->second, std::vector<std::byte>(all.begin(), all.end())};
}

void store::prepare(const detail::append_request& what) {
  for (const stored_value& each : what.events) {
    (void)id_of(each.type);
  }
}
void store::prepare(const detail::save_request& what) { (void)id_of(what.snapshot.state.type); }
void store::prepare(const detail::load_request&) { need_types(); }
void store::prepare(const detail::find_request&) { need_types(); }
void store::prepare(const detail::read_request&) { need_types(); }

void store::begin() {
  is_commit_sent_ = false;
  need_connection();
  server_->begin_pipeline();
  server_->send("BEGIN");
}

void store::sent() {
  is_commit_sent_ = true;
  server_->send("COMMIT");
  server_->sync();
  (void)server_->receive();
}

void store::commit() {
  // What has failed is rolled back by a commit, without an error.
  if (server_->receive().command() != "COMMIT") {
    throw failure(errc::unavailable, "the transaction was rolled back", false);
  }
  is_commit_sent_ = false;
  if (!server_->end_pipeline()) {
    server_.reset();  // it is committed all the same
  }
}

bool store::roll_back() noexcept {
  if (!server_) {
    return true;
  }
  const bool is_ended = server_->end_pipeline();
  const bool is_undone = is_ended ? !server_->has_committed() : !is_commit_sent_;
  is_commit_sent_ = false;
  if (is_ended && server_->leave_transaction()) {
    return is_undone;
  }
  if (server_->is_silent()) {
    lose("the server does not answer");  // nor would it at once
  } else {
    server_.reset();
  }
  return is_undone;
}

void store::send(const detail::append_request& what) {
  std::vector<std::int32_t> types;
  std::vector<byte_view> payloads;
  for (const stored_value& each : what.events) {
    types.push_back(id_of(each.type));
    payloads.emplace_back(each.bytes);
  }
  parameters with;
  with.add(std::string_view(what.entity)).add(stored_bound(what.after));
  with.add(types).add(payloads);
  server_->send("SELECT casty.append($1, $2, $3, $4)", with);
}

journal_verdict store::run(const detail::append_request& what) {
  if (server_->receive().truth(0, 0)) {
    return {};
  }
  return detail::conflict_after(what.after, "it is not the next");
}

void store::send(const detail::load_request& what) {
  parameters with;
  with.add(std::string_view(what.entity)).add(stored_bound(what.after));
  with.add(page_rows(what.most)).add(page_bytes_max);
  // Where there are no events, a row of nulls beside `last`.
  server_->send(
      "SELECT last, sequence, type, bytes FROM casty.entities LEFT JOIN LATERAL ("
      "SELECT sequence, type, bytes, sum(octet_length(bytes)) OVER (ORDER BY sequence) AS upto "
      "FROM (SELECT * FROM casty.events WHERE entity = entities.id AND sequence > $2 "
      "ORDER BY sequence LIMIT $3) AS few) AS summed "
      "ON upto <= $4 OR upto = octet_length(bytes) WHERE name = $1 ORDER BY sequence",
      with);
}

event_page store::run(const detail::load_request&) {
  event_page page;
  const rows all = server_->receive();
  for (int row = 0; row < all.count(); ++row) {
    page.last = static_cast<std::uint64_t>(all.number(row, 0));
    if (all.is_null(row, 1)) {
      break;
    }
    const auto sequence = static_cast<std::uint64_t>(all.number(row, 1));
    page.first = row == 0 ? sequence : page.first;
    if (sequence != page.first + page.events.size()) {
      page.verdict = {errc::corrupt, "event " +
                                         std::to_string(page.first + page.events.size()) +
                                         " is not there"};
      return page;
    }
    page.events.push_back(value_in(all, row, 2, 3));
  }
  return page;
}

void store::send(const detail::save_request& what) {
  const auto& [entity, snapshot, keep] = what;
  parameters with;
  with.add(std::string_view(entity)).add(static_cast<std::int64_t>(snapshot.sequence));
  with.add(std::int64_t{id_of(snapshot.state.type)}).add(byte_view(snapshot.state.bytes));
  with.add(std::int64_t{keep});
  server_->send("SELECT casty.save_snapshot($1, $2, $3::integer, $4, $5)", with);
}

journal_verdict store::run(const detail::save_request&) {
  (void)server_->receive();
  return {};
}

void store::send(const detail::find_request& what) {
  parameters with;
  with.add(std::string_view(what.entity));
  server_->send(
      "SELECT sequence, type, bytes FROM casty.snapshots WHERE entity = (SELECT id FROM "
      "casty.entities WHERE name = $1) ORDER BY sequence DESC LIMIT 1",
      with);
}

snapshot_answer store::run(const detail::find_request&) {
  snapshot_answer answer;
  const rows found = server_->receive();
  if (found.count() != 0) {
    answer.newest = stored_snapshot{static_cast<std::uint64_t>(found.number(0, 0)),
                                    value_in(found, 0, 1, 2)};
  }
  return answer;
}

void store::send(const detail::delete_request& what) {
  parameters with;
  with.add(std::string_view(what.entity)).add(stored_bound(what.sequence));
  server_->send(
      "DELETE FROM casty.events WHERE entity = (SELECT id FROM casty.entities WHERE name = $1) "
      "AND sequence <= $2",
      with);
}

journal_verdict store::run(const detail::delete_request&) {
  (void)server_->receive();
  return {};
}

void store::send(const detail::list_request& what) {
  parameters with;
  with.add(std::string_view(what.after)).add(stored_bound(what.most));
  server_->send(
      "SELECT name FROM casty.entities WHERE name > $1 AND last > 0 ORDER BY name LIMIT $2", with);
}

entity_page store::run(const detail::list_request&) {
  entity_page page;
  const rows all = server_->receive();
  for (int row = 0; row < all.count(); ++row) {
    page.entities.emplace_back(all.text(row, 0));
  }
  return page;
}

void store::send(const detail::read_request& what) {
  parameters with;
  with.add(stored_bound(what.after)).add(page_rows(what.most)).add(page_bytes_max);
  server_->send(
      "SELECT position, name, sequence, type, bytes FROM ("
      "SELECT *, sum(octet_length(bytes)) OVER (ORDER BY position) AS upto "
      "FROM (SELECT * FROM casty.events WHERE position > $1 ORDER BY position LIMIT $2) AS few"
      ") AS summed JOIN casty.entities ON entities.id = entity "
      "WHERE upto <= $3 OR upto = octet_length(bytes) ORDER BY position",
      with);
}

placed_page store::run(const detail::read_request&) {
  placed_page page;
  const rows all = server_->receive();
  for (int row = 0; row < all.count(); ++row) {
    page.events.push_back({static_cast<std::uint64_t>(all.number(row, 0)),
                           std::string(all.text(row, 1)),
                           static_cast<std::uint64_t>(all.number(row, 2)),
                           value_in(all, row, 3, 4)});
  }
  return page;
}

}  // namespace casty::postgres
