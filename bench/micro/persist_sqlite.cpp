// What does an event cost that is durable in SQLite: of one entity, one after the other, and of a
// hundred at once; beside SQLite alone with one event a transaction, and with a hundred?
#include <sqlite3.h>

#include "support/entity.hpp"
#include "support/folder.hpp"

namespace {

constexpr std::int64_t events_max = 20'000;

void one_entity(benchmark::State& state) {
  const support::folder in;
  const auto journal = casty::sqlite_journal(in.file("journal.sqlite"));
  bench::measure(state, 1, events_max / 10, [&](std::int64_t count) {
    return bench::persist_all(journal, 1, count);
  });
}
BENCHMARK(one_entity)->Apply(bench::nanoseconds);

void hundred_entities(benchmark::State& state) {
  const support::folder in;
  const auto journal = casty::sqlite_journal(in.file("journal.sqlite"));
  bench::measure(state, 100, events_max, [&](std::int64_t count) {
    return bench::persist_all(journal, 100, count);
  });
}
BENCHMARK(hundred_entities)->Apply(bench::nanoseconds);

// The same rows, by SQLite alone.
class bare_table {
 public:
  explicit bare_table(const std::string& path) {
    bench::require(::sqlite3_open(path.c_str(), &open_) == SQLITE_OK, "no file");
    run("PRAGMA locking_mode = EXCLUSIVE");
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE events(position INTEGER PRIMARY KEY AUTOINCREMENT, entity INTEGER, "
        "sequence INTEGER, type INTEGER, bytes BLOB, UNIQUE(entity, sequence))");
    bench::require(
        ::sqlite3_prepare_v2(open_, "INSERT INTO events(entity, sequence, type, bytes) "
                             "VALUES(?, ?, 1, ?)", -1, &insert_, nullptr) == SQLITE_OK,
        "no statement");
  }
  bare_table(const bare_table&) = delete;
  bare_table& operator=(const bare_table&) = delete;
  ~bare_table() {
    ::sqlite3_finalize(insert_);
    ::sqlite3_close(open_);
  }
  void add(std::int64_t count, std::int64_t a_transaction) {
    for (std::int64_t each = 0; each < count;) {
      run("BEGIN");
      for (std::int64_t one = 0; one < a_transaction && each < count; ++one, ++each) {
        const unsigned char bytes[9] = {1, 1};
        ::sqlite3_bind_int64(insert_, 1, one);
        ::sqlite3_bind_int64(insert_, 2, ++sequence_);
        ::sqlite3_bind_blob(insert_, 3, bytes, sizeof(bytes), SQLITE_STATIC);
        bench::require(::sqlite3_step(insert_) == SQLITE_DONE, "an event was refused");
        ::sqlite3_reset(insert_);
      }
      run("COMMIT");
    }
  }

 private:
  void run(const char* sql) {
    bench::require(::sqlite3_exec(open_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  }

  sqlite3* open_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::int64_t sequence_ = 0;
};

void bare(benchmark::State& state) {
  const support::folder in;
  bare_table table(in.file("journal.sqlite"));
  bench::measure(state, state.range(0), state.range(0) == 1 ? events_max / 10 : events_max,
                 [&](std::int64_t count) {
                   const bench::meter all;
                   table.add(count, state.range(0));
                   return all.read();
                 });
}
BENCHMARK(bare)->ArgName("a_transaction")->Arg(1)->Arg(100)->Apply(bench::nanoseconds);

}  // namespace
