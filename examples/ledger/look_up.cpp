#include "ledger/look_up.hpp"

#include <string>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/bytes.hpp"
#include "ledger/failure_note.hpp"
#include "ledger/journal/place.hpp"
#include "ledger/journal/statement.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"

namespace ledger {

namespace {

std::vector<statement_row> rows_of(const account_options& options) {
  const casty::journal journal = find_journal(options.journal);
  const failure_note failure;
  casty::actor_system system({.name = "ledger",
                              .workers = 1,
                              .log = casty::log_level::error,
                              .log_to = failure.log_hook()});
  const auto account = system.spawn(statement(options.account, journal));
  auto rows = system.ask<GetStatement>(account).within(casty::duration::max()).wait();
  if (!rows) {
    failure.explain(system, "the journal gives no answer: " +
                                std::string(to_string(rows.error())));
  }
  return std::move(*rows);
}

}  // namespace

int look_up(const account_options& options, signals& stopped) {
  const std::vector<statement_row> rows = rows_of(options);
  if (rows.empty()) {
    say("the journal " + options.journal.name() + " has no account " + options.account);
    return exit_unknown_account;
  }
  standard_output out(stopped);
  if (options.history) {
    out.write("id,kind,amount_cents,other_account,outcome,balance_cents\n");
    for (const statement_row& each : rows) {
      out.write(row_text(each) + "\n");
    }
  } else {
    out.write(std::to_string(rows.back().balance_cents) + "\n");
  }
  out.flush();
  return exit_done;
}

}  // namespace ledger
