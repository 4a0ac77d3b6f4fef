#include "ledger/journal/statement.hpp"

#include <string>

#include <doctest/doctest.h>

#include "casty/persistence.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"

namespace {

using ledger::events::Refused;
using ledger::events::role;
using ledger::events::Settled;

TEST_CASE("ledger/journal/statement: a row for each event, with the balance after it") {
  const casty::journal journal = casty::in_memory_journal();
  store(*journal, "account/anna", 0,
        {casty::stored_value::of(Settled{1, 1, role::depositor, 100, ""}),
         casty::stored_value::of(Settled{1, 3, role::sender, 60, "bert"}),
         casty::stored_value::of(Refused{1, 4, role::sender, 60, "bert"}),
         casty::stored_value::of(Settled{2, 6, role::receiver, 5, "carl"}),
         casty::stored_value::of(Refused{2, 7, role::withdrawer, 900, ""}),
         casty::stored_value::of(Settled{2, 8, role::withdrawer, 45, ""})});
  casty::testkit::test_system system(1);
  const auto anna = system.spawn(ledger::statement("anna", journal));

  std::string text;
  for (const ledger::statement_row& row : system.ask<ledger::GetStatement>(anna).get()) {
    text += ledger::row_text(row) + "\n";
  }

  CHECK(text ==
        "1,deposit,100,,settled,100\n"
        "3,transfer,60,bert,settled,40\n"
        "4,transfer,60,bert,refused,40\n"
        "6,transfer,5,carl,settled,45\n"
        "7,withdraw,900,,refused,45\n"
        "8,withdraw,45,,settled,0\n");
}

TEST_CASE("ledger/journal/statement: an account that is not there has no rows") {
  casty::testkit::test_system system(1);
  const auto nobody = system.spawn(ledger::statement("nobody", casty::in_memory_journal()));
  CHECK(system.ask<ledger::GetStatement>(nobody).get().empty());
}

}  // namespace
