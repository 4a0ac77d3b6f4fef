#include "ledger/settle_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/batch.hpp"
#include "ledger/bytes.hpp"
#include "ledger/fold.hpp"
#include "ledger/journal/books.hpp"
#include "ledger/journal/place.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"
#include "ledger/rejects.hpp"
#include "ledger/report.hpp"
#include "ledger/transaction_reader.hpp"

namespace ledger {

namespace {

constexpr std::uint64_t lines_between_looks = 1024;

// What cannot be read again has no journal that lasts, unless one is asked for.
journal_place place_for(const run_options& options, const input_file& input) {
  if (options.journal) {
    return *options.journal;
  }
  return input.bytes() && options.input != "-" ? default_journal(options.input)
                                               : journal_place{};
}

// Nothing that is written must take the place of something else, nor of the input.
void check_places(const run_options& options, const journal_place& journal,
                  const input_file& input) {
  struct output {
    std::string path;
    std::string what;
  };
  std::vector<output> all = {{options.rejects, "rejected lines go there"}};
  if (options.balances) {
    all.push_back({*options.balances, "the balances go there"});
  }
  const auto add_sqlite = [&all](const std::string& path, const std::string& what) {
    all.push_back({path, what});
    for (const std::string& beside : files_beside(path)) {
      all.push_back({beside, what});
    }
  };
  if (journal.lasts()) {
    add_sqlite(table_place(options.input, journal), "the table of accounts is there");
  }
  if (journal.kind == journal_kind::sqlite) {
    add_sqlite(journal.where, "the journal is there");
  }
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (input.is_at(all[at].path)) {
      throw file_error("cannot write " + all[at].path + ": it is the input");
    }
    for (std::size_t other = 0; other < at; ++other) {
      if (place_of(all[at].path) == place_of(all[other].path)) {
        throw file_error("cannot write " + all[at].path + ": " + all[other].what);
      }
    }
  }
}

// All that a run owns; the files are dropped with it unless they are published.
class settling {
 public:
  settling(const run_options& options, signals& stopped)
      : options_(options),
        stopped_(stopped),
        input_(options.input, stopped),
        place_(place_for(options, input_.file())),
        rejects_(options.rejects),
        shown_("settling", input_.file().bytes()) {
    check_places(options, place_, input_.file());
    if (options.balances) {
      balances_file_.emplace(*options.balances);
    }
    if (options.verify) {
      fold_.emplace();
    }
  }

  [[nodiscard]] int run() {
    input_.read_header();
    books_.emplace(books_options{.journal = place_,
                                 .table = table_place(options_.input, place_),
                                 .fresh = options_.fresh,
                                 .workers = options_.workers,
                                 .while_waiting = [this] { stopped_.check(); }});
    try {
      read_settled_lines();
      settle_new_lines();
      sum_up();
      stopped_.check();
    } catch (const interrupted&) {
      if (is_read_again_) {
        say("stopped while it read lines that a former run has read; nothing has changed");
        throw;
      }
      settle_batch();
      say("stopped after line " + std::to_string(input_.line_number()) +
          ", no file is written" + (place_.lasts() ? "; run it again to go on" : ""));
      sum_up();
      print_summary();
      throw;
    }
    publish();
    print_summary();
    return is_wrong() ? exit_not_verified : exit_done;
  }

 private:
  // Those that the journal has settled, then those that a former run had under way when it ended.
  void read_settled_lines() {
    const auto [id, done, begun] = books_->progress();
    if (done.batch != 0) {
      say("the journal " + place_.name() + " has lines up to " + std::to_string(done.line));
    }
    is_read_again_ = true;
    is_settled_ = true;
    read_up_to(done);
    is_settled_ = false;
    if (begun.batch != done.batch) {
      read_up_to(begun);
      mark_ = begun;
    }
    // Until here the batch is not whole, and must not be settled as if it were another.
    is_read_again_ = false;
    if (mark_) {
      settle_batch();
    }
  }

  // Comes to the mark with the bytes that were there before, or not at all.
  void read_up_to(const input_mark& known) {
    if (known.batch == 0) {
      return;
    }
    input_.watch(known);
    while (input_.line_number() < known.line && read_line()) {
    }
    if (!input_.is_at(known)) {
      throw file_error(input_.file().name() + " has changed before line " +
                       std::to_string(known.line) + ", which the journal " + place_.name() +
                       " has settled; --fresh puts the journal aside and begins anew");
    }
  }

  void settle_new_lines() {
    while (read_line()) {
      if (batch_.is_full()) {
        settle_batch();
      }
    }
    settle_batch();
  }

  // False at the end.
  bool read_line() {
    const bool read = input_.next(&rejects_);
    has_new_lines_ = has_new_lines_ || (read && !is_settled_);
    if (const std::optional<transaction>& next = input_.found()) {
      if (!is_settled_) {
        batch_.add(*next);
      }
      if (fold_) {
        fold_->settle(*next);
      }
    }
    if (read && input_.line_number() % lines_between_looks == 0) {
      stopped_.check();
      shown_.update(input_.line_number(), input_.bytes_taken());
    }
    return read;
  }

  // Goes on where it was when it is called a second time, after a signal.
  void settle_batch() {
    if (!has_new_lines_) {
      return;
    }
    if (!mark_) {
      mark_ = input_.mark(books_->progress().begun.batch + 1);
    }
    books_->begin_batch(*mark_);
    while (passed_on_ < batch_.all().size()) {
      books_->settle(batch_.all()[passed_on_++]);
    }
    books_->end_batch();
    summary_.decided += passed_on_;
    passed_on_ = 0;
    batch_.clear();
    mark_.reset();
    has_new_lines_ = false;
  }

  void sum_up() {
    books_->sum_up();
    summary_.counts = books_->counts();
    summary_.balances = books_->balances();
    summary_.rejected = rejects_.count();
    summary_.seconds = shown_.seconds();
    shown_.finish(input_.line_number(), input_.bytes_taken());
    if (fold_) {
      summary_.verified = verify();
    }
  }

  [[nodiscard]] bool verify() const {
    const std::vector<account_balance> expected = fold_->balances();
    const std::string difference = first_difference(expected, books_->balances());
    if (!difference.empty()) {
      say("not as the sequential fold: " + difference);
    }
    if (summary_.counts != fold_->counts()) {
      say("not as the sequential fold: other numbers of settled and refused transactions");
    }
    return difference.empty() && summary_.counts == fold_->counts();
  }

  [[nodiscard]] bool is_wrong() const { return summary_.verified == std::optional(false); }

  // Both files are complete before the first takes its place. Wrong balances do not.
  void publish() {
    if (is_wrong()) {
      balances_file_.reset();
    }
    if (balances_file_) {
      write_balances(*balances_file_, books_->balances());
      balances_file_->complete();
    }
    rejects_.complete();
    rejects_.publish();
    if (balances_file_) {
      balances_file_->publish();
    }
    if (rejects_.count() > 0) {
      say(std::to_string(rejects_.count()) + " lines rejected, see " + rejects_.path());
    }
  }

  void print_summary() {
    standard_output out(stopped_);
    out.write(summary_text(summary_));
    out.flush();
  }

  const run_options& options_;
  signals& stopped_;
  transaction_reader input_;
  journal_place place_;
  rejects rejects_;
  std::optional<output_file> balances_file_;
  std::optional<books> books_;
  std::optional<sequential_fold> fold_;
  batch batch_;
  std::optional<input_mark> mark_;  // of the batch, once it is complete
  std::size_t passed_on_ = 0;       // of its transactions
  bool has_new_lines_ = false;
  bool is_settled_ = false;     // what is read, by a former run
  bool is_read_again_ = false;  // what is read: a former run has read it
  summary summary_;
  progress shown_;
};

}  // namespace

int settle_file(const run_options& options, signals& stopped) {
  return settling(options, stopped).run();
}

}  // namespace ledger
