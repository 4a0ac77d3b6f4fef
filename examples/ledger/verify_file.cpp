#include "ledger/verify_file.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/bytes.hpp"
#include "ledger/fold.hpp"
#include "ledger/failure_note.hpp"
#include "ledger/journal/account_table.hpp"
#include "ledger/journal/audit.hpp"
#include "ledger/journal/input_log.hpp"
#include "ledger/journal/place.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"
#include "ledger/report.hpp"
#include "ledger/transaction_reader.hpp"
#include "ledger/waiting.hpp"

namespace ledger {

namespace {

constexpr std::uint64_t lines_between_looks = 1024;
constexpr casty::duration look_up_after = casty::duration::seconds(1);

class verifying {
 public:
  verifying(const verify_options& options, signals& stopped)
      : options_(options),
        stopped_(stopped),
        input_(options.input, stopped),
        stored_(find_journal(options.journal)),
        system_({.name = "ledger",
                 .workers = 1,
                 .log = casty::log_level::error,
                 .log_to = failure_.log_hook()}) {}

  [[nodiscard]] int run() {
    input_.read_header();
    const auto log = system_.spawn(input_log(stored_), "input");
    const input_progress progress = answer_of(system_.ask<GetProgress>(log));
    go_through_journal(progress);
    fold_lines(progress.done);
    std::string flaw = first_flaw();
    if (flaw.empty()) {
      flaw = flaw_of_table(progress, answer_of(system_.ask<GetBatchId>(log, progress.done.batch)));
    }
    if (!flaw.empty()) {
      say(flaw);
    }
    tell_what_is_left(progress);
    print(progress.done, flaw.empty());
    return flaw.empty() ? exit_done : exit_not_verified;
  }

 private:
  template <class Answer>
  Answer answer_of(casty::future<Answer> asked) {
    return ledger::answer_of(system_, failure_, std::move(asked), [this] { stopped_.check(); });
  }

  void go_through_journal(const input_progress& progress) {
    if (progress.done.batch == 0) {
      return;
    }
    const auto reached = system_.spawn(milestone());
    system_.spawn(go_through(stored_, journal_, progress.done.batch, reached));
    while (!system_.ask<WhenReached>(reached, progress.done.batch).within(look_up_after).wait()) {
      failure_.check();
      stopped_.check();
    }
  }

  void fold_lines(const input_mark& done) {
    input_.watch(done);
    while (input_.line_number() < done.line && input_.next(nullptr)) {
      if (const auto& next = input_.found()) {
        fold_.settle(*next);
      }
      if (input_.line_number() % lines_between_looks == 0) {
        stopped_.check();
      }
    }
    if (done.batch != 0 && !input_.is_at(done)) {
      throw file_error(input_.file().name() + " has changed before line " +
                       std::to_string(done.line) + ", which the journal " +
                       options_.journal.name() + " has settled");
    }
  }

  [[nodiscard]] std::string first_flaw() const {
    if (!journal_->flaw().empty()) {
      return "the journal is wrong: " + journal_->flaw();
    }
    const std::string difference = first_difference(fold_.balances(), journal_->balances());
    if (!difference.empty()) {
      return "not as the sequential fold: " + difference;
    }
    return journal_->counts() == fold_.counts()
               ? ""
               : "not as the sequential fold: other numbers of settled and refused transactions";
  }

  // One that is behind is brought up by the next run, and one of another journal made anew.
  [[nodiscard]] std::string flaw_of_table(const input_progress& progress,
                                          const std::string& newest_id) const {
    if (!std::filesystem::exists(options_.table)) {
      return {};
    }
    account_table table(options_.table);
    const account_table::content found = table.read();
    if (found.at.journal_id != progress.journal_id || found.at.newest.id != newest_id ||
        found.at.newest.batch != progress.done.batch) {
      say("the table " + options_.table + " is not up to date; the next run makes it so");
      return {};
    }
    const std::string difference = first_difference(fold_.balances(), found.balances);
    if (!difference.empty()) {
      return "the table " + options_.table + " is wrong: " + difference;
    }
    return found.counts == fold_.counts() ? ""
                                            : "the table " + options_.table +
                                                  " has other numbers of settled and refused "
                                                  "transactions";
  }

  void tell_what_is_left(const input_progress& progress) {
    if (progress.begun.batch != progress.done.batch) {
      say("a run was cut short: lines up to " + std::to_string(progress.begun.line) +
          " are under way; run it again to go on");
    } else if (input_.next(nullptr)) {
      say("lines after " + std::to_string(progress.done.line) + " are not settled yet");
    }
  }

  void print(const input_mark& done, bool verified) {
    standard_output out(stopped_);
    out.write("lines: " + std::to_string(done.line) + "\n");
    out.write("settled: " + std::to_string(journal_->counts().settled) + "\n");
    out.write("refused: " + std::to_string(journal_->counts().refused) + "\n");
    out.write("accounts: " + std::to_string(journal_->balances().size()) + "\n");
    out.write(verified ? "verified: yes\n" : "verified: no\n");
    out.flush();
  }

  const verify_options& options_;
  signals& stopped_;
  transaction_reader input_;
  casty::journal stored_;
  failure_note failure_;
  std::shared_ptr<audit> journal_ = std::make_shared<audit>();
  sequential_fold fold_;
  casty::actor_system system_;
};

}  // namespace

int verify_file(const verify_options& options, signals& stopped) {
  return verifying(options, stopped).run();
}

}  // namespace ledger
