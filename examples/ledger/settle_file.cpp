#include "ledger/settle_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "casty/actor.hpp"

#include "ledger/bank.hpp"
#include "ledger/bytes.hpp"
#include "ledger/fold.hpp"
#include "ledger/input_file.hpp"
#include "ledger/line.hpp"
#include "ledger/line_parser.hpp"
#include "ledger/line_reader.hpp"
#include "ledger/output_file.hpp"
#include "ledger/progress.hpp"
#include "ledger/rejects.hpp"
#include "ledger/report.hpp"

namespace ledger {

namespace {

constexpr std::uint64_t batch_lines = 1024;

// One output must not take the place of the other, nor of the input.
void check_places(const run_options& options, const input_file& input) {
  for (const std::string& output : {options.rejects, options.balances.value_or("")}) {
    if (input.is_at(output)) {
      throw file_error("cannot write " + output + ": it is the input");
    }
  }
  if (options.balances && place_of(*options.balances) == place_of(options.rejects)) {
    throw file_error("cannot write " + *options.balances + ": rejected lines go there");
  }
}

// All that a run owns; the files are dropped with it unless they are published.
class settling {
 public:
  settling(const run_options& options, signals& stopped)
      : stopped_(stopped),
        input_(options.input, stopped),
        lines_(input_),
        rejects_(options.rejects),
        system_({.name = "ledger", .workers = options.workers, .log = casty::log_level::warning}),
        bank_(system_, bank::default_window, [&stopped] { stopped.check(); }),
        shown_("settling", input_.bytes()) {
    check_places(options, input_);
    if (options.balances) {
      balances_file_.emplace(*options.balances);
    }
    if (options.verify) {
      fold_.emplace();
    }
  }

  [[nodiscard]] int run() {
    read_header();
    try {
      while (const std::optional<line> read = lines_.next()) {
        take(*read);
      }
      sum_up();
      stopped_.check();
    } catch (const interrupted&) {
      say("stopped after line " + std::to_string(line_number_) + ", no file is written");
      sum_up();
      print_summary();
      throw;
    }
    publish();
    print_summary();
    return is_wrong() ? exit_not_verified : exit_done;
  }

 private:
  void read_header() {
    std::optional<line> read = lines_.next();
    while (read && read->text.empty()) {
      read = lines_.next();
    }
    if (!read || read->too_long || read->text != header_text) {
      throw file_error("cannot use " + input_.name() + ": " +
                       (read ? "its first line" : "it is empty, its first line") + " must be " +
                       std::string(header_text));
    }
    line_number_ = read->number;
  }

  void take(const line& read) {
    line_number_ = read.number;
    if (!read.text.empty()) {
      const parsed_line parsed = parser_.parse(read);
      if (const auto* next = std::get_if<transaction>(&parsed)) {
        bank_.settle(*next);
        if (fold_) {
          fold_->settle(*next);
        }
      } else {
        rejects_.add(read, std::get<reject_reason>(parsed));
      }
    }
    if (read.number % batch_lines == 0) {
      stopped_.check();
      shown_.update(line_number_, lines_.bytes_taken());
    }
  }

  // Waits for what is under way. Whatever was read is settled then.
  void sum_up() {
    summary_.counts = bank_.finish();
    balances_ = bank_.balances();
    summary_.rejected = rejects_.count();
    summary_.seconds = shown_.seconds();
    summary_.balances = balances_;
    shown_.finish(line_number_, lines_.bytes_taken());
    if (fold_) {
      summary_.verified = verify();
    }
  }

  [[nodiscard]] bool verify() const {
    const std::vector<account_balance> expected = fold_->balances();
    const std::string difference = first_difference(expected, balances_);
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
      write_balances(*balances_file_, balances_);
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

  signals& stopped_;
  input_file input_;
  line_reader lines_;
  line_parser parser_;
  rejects rejects_;
  std::optional<output_file> balances_file_;
  casty::actor_system system_;
  bank bank_;
  std::optional<sequential_fold> fold_;
  std::vector<account_balance> balances_;
  summary summary_;
  progress shown_;
  std::uint64_t line_number_ = 0;
};

}  // namespace

int settle_file(const run_options& options, signals& stopped) {
  return settling(options, stopped).run();
}

}  // namespace ledger
