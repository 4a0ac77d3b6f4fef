#include "casty/persistence/postgres_journal.hpp"

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/testkit/journal_conformance.hpp"
#include "persistence/postgres/connection.hpp"
#include "support/killed_counter.hpp"
#include "support/postgres_server.hpp"
#include "testkit/asked_journal.hpp"

namespace {

using casty::errc;
using casty::testkit::asked_journal;

struct Noted {
  std::int64_t number = 0;
};

[[nodiscard]] std::vector<casty::stored_value> noted(std::int64_t number) {
  return {casty::stored_value::of(Noted{number})};
}

// Asks again as long as the connection is being made anew.
template <class Asks>
auto in_time(Asks ask) {
  const auto start = std::chrono::steady_clock::now();
  auto answer = ask();
  while (casty::detail::verdict_in(answer).failure == errc::unavailable &&
         std::chrono::steady_clock::now() - start < std::chrono::seconds(20)) {
    answer = ask();
  }
  return answer;
}
casty::journal_verdict persist_in_time(asked_journal& journal, std::uint64_t after) {
  return in_time([&] { return journal.persist("a", after, noted(1)); });
}
casty::event_page load_in_time(asked_journal& journal) {
  return in_time([&] { return journal.load("a", 0); });
}

// All processes of a server that serve somebody, and the one that takes connections.
class standing_still {
 public:
  explicit standing_still(const std::string& conninfo) {
    casty::postgres::connection asked(conninfo, casty::duration::seconds(10));
    const auto clients = asked.ask(
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
        "backend_type = 'client backend'");
    for (int row = 0; row < clients.count(); ++row) {
      pids_.push_back(static_cast<pid_t>(clients.number(row, 0)));
    }
    const auto file = asked.ask("SELECT pg_read_file('postmaster.pid')");
    pids_.push_back(static_cast<pid_t>(std::stol(std::string(file.text(0, 0)))));
    send(SIGSTOP);
  }
  standing_still(const standing_still&) = delete;
  standing_still& operator=(const standing_still&) = delete;
  ~standing_still() { send(SIGCONT); }

 private:
  void send(int signal) {
    for (const pid_t each : pids_) {
      ::kill(each, signal);
    }
  }

  std::vector<pid_t> pids_;
};

TEST_CASE("persistence/postgres_journal: it does what a journal must") {
  support::postgres_server server;
  for (const auto& [name, problem] : casty::testkit::check_journal(
           [&] { return casty::postgres_journal(server.conninfo()); })) {
    INFO(name);
    CHECK(problem == "");
  }
  SUBCASE("of two processes that write to one entity the second is refused") {
    asked_journal first(casty::postgres_journal(server.conninfo()));
    asked_journal second(casty::postgres_journal(server.conninfo()));
    CHECK_FALSE(first.persist("shared", 0, noted(1)).failed());
    CHECK(second.persist("shared", 0, noted(2)).failure == errc::conflict);
    CHECK_FALSE(second.persist("shared", 1, noted(2)).failed());
    CHECK(first.persist("shared", 1, noted(3)).failure == errc::conflict);
    // Each reads the types that the other has written.
    CHECK(first.load("shared", 0).events.size() == 2);
  }
}

TEST_CASE("persistence/postgres_journal: a server that goes is found again when it is back") {
  support::postgres_server server;
  asked_journal journal(casty::postgres_journal(server.conninfo()));
  REQUIRE_FALSE(journal.persist("a", 0, noted(1)).failed());
  server.stop();
  CHECK(journal.persist("a", 1, noted(1)).failure == errc::unavailable);
  CHECK(journal.load("a", 0).verdict.failure == errc::unavailable);
  server.start();
  CHECK(persist_in_time(journal, 1).detail == "");
  CHECK(journal.load("a", 0).events.size() == 2);
}

TEST_CASE("persistence/postgres_journal: one that is a process' own is refused to others") {
  support::postgres_server server;
  const casty::postgres_options alone{.exclusive = true};
  {
    const casty::journal first = casty::postgres_journal(server.conninfo(), alone);
    CHECK_THROWS_AS((void)casty::postgres_journal(server.conninfo(), alone), casty::error);
    CHECK_NOTHROW((void)casty::postgres_journal(server.conninfo()));
  }
  CHECK_NOTHROW((void)casty::postgres_journal(server.conninfo(), alone));
}

TEST_CASE("persistence/postgres_journal: its own old session does not lock it out") {
  support::postgres_server server;
  const casty::postgres_options alone{.exclusive = true, .patience = casty::duration::seconds(1)};
  asked_journal journal(casty::postgres_journal(server.conninfo(), alone));
  REQUIRE_FALSE(journal.persist("a", 0, noted(1)).failed());
  casty::postgres::connection other(server.conninfo(), casty::duration::seconds(10));
  other.execute("BEGIN; LOCK TABLE casty.events IN EXCLUSIVE MODE");

  // The server's process waits for the table, and does not see that its connection is given up.
  CHECK(journal.persist("a", 1, noted(2)).failure == errc::unavailable);
  CHECK(load_in_time(journal).verdict.detail == "");

  other.execute("COMMIT");
  CHECK(persist_in_time(journal, 1).detail == "");
}

TEST_CASE(
    "persistence/postgres_journal: who may use its tables need not have the right to make any") {
  support::postgres_server server;
  (void)casty::postgres_journal(server.conninfo());
  casty::postgres::connection owner(server.conninfo(), casty::duration::seconds(30));
  owner.execute(
      "CREATE ROLE teller LOGIN; GRANT USAGE ON SCHEMA casty TO teller;"
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA casty TO teller;"
      "GRANT USAGE ON ALL SEQUENCES IN SCHEMA casty TO teller");
  asked_journal journal(casty::postgres_journal(server.conninfo() + " user=teller"));
  CHECK(journal.persist("a", 0, noted(1)).detail == "");
  CHECK(journal.save("a", {1, noted(1).front()}, 1).detail == "");
  CHECK(journal.load("a", 0).events.size() == 1);
}

TEST_CASE("persistence/postgres_journal: after an error of the server it goes on") {
  support::postgres_server server;
  asked_journal journal(casty::postgres_journal(server.conninfo()));
  REQUIRE_FALSE(journal.persist("a", 0, noted(1)).failed());
  casty::postgres::connection other(server.conninfo(), casty::duration::seconds(30));
  other.execute("ALTER TABLE casty.events RENAME TO hidden");
  CHECK(journal.load("a", 0).verdict.failed());
  other.execute("ALTER TABLE casty.hidden RENAME TO events");
  CHECK(journal.persist("a", 1, noted(2)).detail == "");
  CHECK(journal.load("a", 0).events.size() == 2);
}

TEST_CASE("persistence/postgres_journal: a server that stands still is waited for no longer") {
  support::postgres_server server;
  const casty::postgres_options impatient{.group_max = 1, .patience = casty::duration::seconds(1)};
  const auto start = std::chrono::steady_clock::now();
  {
    asked_journal journal(casty::postgres_journal(server.conninfo(), impatient));
    REQUIRE_FALSE(journal.persist("a", 0, noted(1)).failed());
    {
      const standing_still still(server.conninfo());
      const casty::journal_verdict verdict = journal.persist("a", 1, noted(2));
      CHECK(verdict.failure == errc::unavailable);
      CHECK(verdict.detail.find("the server has not answered for 1000 ms") != std::string::npos);
      CHECK(journal.load("a", 0).verdict.failure == errc::unavailable);
    }
    // What stood still may have taken it after all.
    (void)persist_in_time(journal, 1);
    CHECK(load_in_time(journal).events.size() == 2);
  }
  SUBCASE("nor by the end of a journal that has much to do") {
    auto journal = std::make_optional(casty::postgres_journal(server.conninfo(), impatient));
    const standing_still still(server.conninfo());
    for (std::uint64_t each = 0; each < 100'000; ++each) {
      (*journal)->persist("b", each, noted(1), casty::ignored);
    }
    journal.reset();
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("persistence/postgres_journal: killed at any moment, it has kept what was answered") {
  support::postgres_server server;
  // Its own: what a killed process has sent is done, or not, before the next one reads.
  support::kill_again_and_again(
      [&] { return casty::postgres_journal(server.conninfo(), {.exclusive = true}); });
}

TEST_CASE("persistence/postgres_journal: a server that is not there is said at once") {
  try {
    (void)casty::postgres_journal("host=/nowhere/at/all");
    FAIL("there is a server");
  } catch (const casty::error& failed) {
    CHECK(failed.code() == errc::unavailable);
    CHECK(std::string(failed.what()).find("/nowhere/at/all") != std::string::npos);
  }
}

}  // namespace
