#include "ledger/look_up.hpp"

#include <string>
#include <utility>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/bytes.hpp"
#include "ledger/failure_note.hpp"
#include "ledger/journal/input_log.hpp"
#include "ledger/journal/place.hpp"
#include "ledger/journal/statement.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"
#include "ledger/waiting.hpp"

namespace ledger {

namespace {

// An account's events, and a word where they may be those of half a batch.
class looking_up {
 public:
  looking_up(const account_options& options, signals& stopped)
      : options_(options),
        stopped_(stopped),
        journal_(find_journal(options.journal)),
        system_({.name = "ledger",
                 .workers = 1,
                 .log = casty::log_level::error,
                 .log_to = failure_.log_hook()}) {}

  [[nodiscard]] std::vector<statement_row> rows() {
    const auto log = system_.spawn(input_log(journal_), "input");
    const input_progress known = answer_of(system_.ask<GetProgress>(log));
    if (known.begun.batch != known.done.batch) {
      say("a run was cut short: what it had under way may be here in part; run it again");
    }
    const auto account = system_.spawn(statement(options_.account, journal_));
    return answer_of(system_.ask<GetStatement>(account));
  }

 private:
  template <class Answer>
  Answer answer_of(casty::future<Answer> asked) {
    return ledger::answer_of(system_, failure_, std::move(asked), [this] { stopped_.check(); });
  }

  const account_options& options_;
  signals& stopped_;
  casty::journal journal_;
  failure_note failure_;
  casty::actor_system system_;
};

}  // namespace

int look_up(const account_options& options, signals& stopped) {
  const std::vector<statement_row> rows = looking_up(options, stopped).rows();
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
