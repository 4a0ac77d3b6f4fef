// What does an event cost that is durable in PostgreSQL: of one entity, one after the other, and
// of a hundred at once; beside libpq alone with one event a transaction, and a hundred?
#include <libpq-fe.h>

#include "casty/persistence/postgres_journal.hpp"
#include "support/entity.hpp"
#include "support/postgres_server.hpp"

namespace {

support::postgres_server& server() {
  static support::postgres_server one;
  return one;
}

constexpr std::int64_t events_max = 20'000;

void postgres_one_entity(benchmark::State& state) {
  const auto journal = casty::postgres_journal(server().conninfo());
  bench::measure(state, 1, events_max / 10, [&](std::int64_t count) {
    return bench::persist_all(journal, 1, count);
  });
}
BENCHMARK(postgres_one_entity)->Apply(bench::nanoseconds);

void postgres_hundred_entities(benchmark::State& state) {
  const auto journal = casty::postgres_journal(server().conninfo());
  bench::measure(state, 100, events_max, [&](std::int64_t count) {
    return bench::persist_all(journal, 100, count);
  });
}
BENCHMARK(postgres_hundred_entities)->Apply(bench::nanoseconds);

// The same rows by libpq alone, prepared once.
class bare_table {
 public:
  explicit bare_table(const std::string& conninfo) : open_(::PQconnectdb(conninfo.c_str())) {
    bench::require(::PQstatus(open_) == CONNECTION_OK, "no server");
    run("CREATE TABLE IF NOT EXISTS bare(position bigserial PRIMARY KEY, entity bigint, "
        "sequence bigint, type integer, bytes bytea, UNIQUE(entity, sequence))");
    run("TRUNCATE bare");
    end(::PQprepare(open_, "insert",
                    "INSERT INTO bare(entity, sequence, type, bytes) VALUES($1, $2, 1, 'ab')", 2,
                    nullptr));
  }
  bare_table(const bare_table&) = delete;
  bare_table& operator=(const bare_table&) = delete;
  ~bare_table() { ::PQfinish(open_); }

  void add(std::int64_t count, std::int64_t a_transaction) {
    for (std::int64_t each = 0; each < count;) {
      run("BEGIN");
      for (std::int64_t one = 0; one < a_transaction && each < count; ++one, ++each) {
        const std::string entity = std::to_string(one);
        const std::string sequence = std::to_string(++sequence_);
        const char* values[] = {entity.c_str(), sequence.c_str()};
        end(::PQexecPrepared(open_, "insert", 2, values, nullptr, nullptr, 0));
      }
      run("COMMIT");
    }
  }

 private:
  void run(const char* sql) { end(::PQexec(open_, sql)); }
  static void end(PGresult* got) {
    bench::require(::PQresultStatus(got) == PGRES_COMMAND_OK, ::PQresultErrorMessage(got));
    ::PQclear(got);
  }

  PGconn* open_;
  std::int64_t sequence_ = 0;
};

void postgres_bare(benchmark::State& state) {
  bare_table table(server().conninfo());
  bench::measure(state, state.range(0), state.range(0) == 1 ? events_max / 10 : events_max,
                 [&](std::int64_t count) {
                   const bench::meter all;
                   table.add(count, state.range(0));
                   return all.read();
                 });
}
BENCHMARK(postgres_bare)->ArgName("a_transaction")->Arg(1)->Arg(100)->Apply(bench::nanoseconds);

}  // namespace
