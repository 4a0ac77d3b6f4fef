#include "ledger/journal/postgres_place.hpp"

#include <memory>

#include <libpq-fe.h>

#include "casty/persistence/postgres_journal.hpp"

#include "ledger/bytes.hpp"

namespace ledger {

namespace {

// For what a journal does not do itself.
class server {
 public:
  explicit server(const std::string& conninfo) : open_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(open_.get()) != CONNECTION_OK) {
      fail();
    }
  }

  [[nodiscard]] bool has_journal() {
    return is_true("SELECT to_regclass('casty.layout') IS NOT NULL");
  }

  // Under the first number that is free.
  void put_aside() {
    std::string aside;
    for (int number = 1; aside.empty() || is_true("SELECT to_regnamespace('" + aside +
                                                  "') IS NOT NULL");
         ++number) {
      aside = "casty_" + std::to_string(number);
    }
    (void)execute("ALTER SCHEMA casty RENAME TO " + aside);
  }

 private:
  struct closer {
    void operator()(PGconn* open) const noexcept { PQfinish(open); }
    void operator()(PGresult* got) const noexcept { PQclear(got); }
  };
  using result = std::unique_ptr<PGresult, closer>;

  result execute(const std::string& sql) {
    result got(PQexec(open_.get(), sql.c_str()));
    const ExecStatusType status = PQresultStatus(got.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      fail();
    }
    return got;
  }
  bool is_true(const std::string& sql) {
    const result got = execute(sql);
    return PQntuples(got.get()) == 1 && *PQgetvalue(got.get(), 0, 0) == 't';
  }
  [[noreturn]] void fail() const {
    std::string text = PQerrorMessage(open_.get());
    while (!text.empty() && text.back() == '\n') {
      text.pop_back();
    }
    throw file_error("cannot use the journal in PostgreSQL: " + text);
  }

  std::unique_ptr<PGconn, closer> open_;
};

casty::journal open_alone(const std::string& conninfo) {
  return casty::postgres_journal(conninfo, {.exclusive = true});
}

}  // namespace

casty::journal open_postgres(const std::string& conninfo, bool fresh) {
  if (server at(conninfo); fresh && at.has_journal()) {
    const casty::journal nobody_elses = open_alone(conninfo);
    at.put_aside();
  }
  return open_alone(conninfo);
}

std::string without_passwords(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
  std::string shown;
  for (const PQconninfoOption* each = parsed.get(); each != nullptr && each->keyword != nullptr;
       ++each) {
    const bool is_secret = *each->dispchar == '*';
    if (each->val != nullptr && !is_secret) {
      shown += (shown.empty() ? "" : " ") + std::string(each->keyword) + "=" + each->val;
    }
  }
  return shown.empty() ? "..." : shown;
}

casty::journal find_postgres(const std::string& conninfo) {
  if (server at(conninfo); !at.has_journal()) {
    throw file_error("there is no journal in the schema casty of that database");
  }
  return open_alone(conninfo);
}

}  // namespace ledger
