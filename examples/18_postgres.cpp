// The same account, with its journal in a PostgreSQL database.
#include <cstdio>

#include "casty/persistence/postgres_journal.hpp"
#include "event_sourced_account.hpp"

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: 18_postgres CONNINFO\n", stderr);
    return 2;
  }
  run_twice(casty::postgres_journal(words[1]));
}
// phase 1: balance 1500, transactions 2
// phase 2: balance 1500, transactions 2
