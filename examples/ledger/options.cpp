#include "ledger/options.hpp"

#include <filesystem>
#include <iostream>
#include <limits>

#include <CLI/CLI.hpp>

#include "casty/core/version.hpp"

namespace ledger {

namespace {

constexpr unsigned workers_max = 1024;

constexpr const char* about =
    "Settles a file of transactions with one actor for each account, and keeps what\n"
    "became of them in a journal: whatever ends a run, the next one goes on.\n"
    "\n"
    "Exit status: 0 done, also with refused transactions and rejected lines; 1 the\n"
    "verification failed, or the account is unknown; 2 bad usage, input, output or\n"
    "journal; 130 and 143 stopped by SIGINT and SIGTERM (then no file is written).";

constexpr const char* about_run =
    "Settles FILE.csv, whose first line is id,kind,account,amount_cents,other_account.\n"
    "Lines that are no transactions go to FILE.csv.rejects.csv, with line number and\n"
    "reason (for standard input to stdin.rejects.csv in the working directory); without\n"
    "such lines there is no such file, and one of a former run is removed.\n"
    "\n"
    "The journal belongs to this input. A later run reads the lines again that it has\n"
    "settled: if they have changed it stops, what follows them is settled. All balances\n"
    "are also a table of SQLite: FILE.csv.accounts.sqlite, or PATH.accounts.sqlite beside\n"
    "the journal sqlite:PATH.";

constexpr const char* about_balance = "Prints the balance of an account, in cents.";

constexpr const char* about_history =
    "Prints the transactions of an account in the order of their ids: those that name it\n"
    "first, settled or refused, and the transfers that it received. The columns are\n"
    "id,kind,amount_cents,other_account,outcome,balance_cents.";

constexpr const char* about_verify =
    "Compares the journal with a sequential fold of the lines that it has settled, and\n"
    "looks whether each transaction is there once, and each transfer on both sides. Then\n"
    "it compares the table of balances, if there is one.";

constexpr const char* journal_help =
    "sqlite:PATH, postgres:CONNINFO or memory (default: sqlite:FILE.csv.journal.sqlite";

constexpr const char* about_generate =
    "Writes a file of transactions to settle: a few busy accounts, many quiet ones,\n"
    "about 1 in 20 refused. The same numbers give the same bytes.";

struct raw_journal {
  std::string text = {};

  [[nodiscard]] std::optional<journal_place> place() const { return journal_place_of(text); }
};

// Of the commands that look into a journal.
struct account_command {
  std::string input = {};
  std::string account = {};
  raw_journal journal = {};

  [[nodiscard]] journal_place place() const {
    return journal.place().value_or(default_journal(input));
  }
};

void add_journal(CLI::App& sub, raw_journal& journal, const std::string& help_ends) {
  sub.add_option("--journal", journal.text, journal_help + help_ends)
      ->check([](const std::string& text) {
        return journal_place_of(text) ? std::string()
                                      : "none of sqlite:PATH, postgres:CONNINFO, memory: " + text;
      })
      ->type_name("J");
}

void add_run(CLI::App& app, run_options& run, raw_journal& journal) {
  CLI::App* sub = app.add_subcommand("run", about_run);
  sub->add_option("FILE.csv", run.input, "The transactions; - for standard input")->required();
  sub->add_option("--workers", run.workers, "Threads that run actors (default: one a core)")
      ->check(CLI::Range(1U, workers_max))
      ->type_name("N");
  sub->add_option("--balances", run.balances, "Write the balances, sorted by account")
      ->type_name("OUT.csv");
  sub->add_option("--rejects", run.rejects, "Write rejected lines there instead")
      ->type_name("OUT.csv");
  sub->add_flag("--verify", run.verify, "Compare with a sequential fold of the same lines");
  add_journal(*sub, journal, "; memory for\nwhat is no regular file)");
  sub->add_flag("--fresh", run.fresh,
                "Begin anew, and keep a journal that is there under a numbered name");
}

void add_account(CLI::App& app, const char* name, const char* described, account_command& command) {
  CLI::App* sub = app.add_subcommand(name, described);
  sub->add_option("FILE.csv", command.input, "The input that was settled")->required();
  sub->add_option("ACCOUNT", command.account, "The account")->required();
  add_journal(*sub, command.journal, ")");
}

void add_verify(CLI::App& app, account_command& command) {
  CLI::App* sub = app.add_subcommand("verify", about_verify);
  sub->add_option("FILE.csv", command.input, "The input that was settled")->required();
  add_journal(*sub, command.journal, ")");
}

void add_generate(CLI::App& app, generate_options& generate) {
  constexpr auto most = std::uint64_t{std::numeric_limits<std::int64_t>::max()} / 100'000;
  CLI::App* sub = app.add_subcommand("generate", about_generate);
  sub->add_option("--transactions", generate.wanted.transactions, "How many lines")
      ->required()
      ->check(CLI::Range(std::uint64_t{0}, most))
      ->type_name("N");
  sub->add_option("--accounts", generate.wanted.accounts,
                  "Over how many accounts; at most every second line opens one")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, most))
      ->type_name("M");
  sub->add_option("--seed", generate.wanted.seed, "Another seed, another file")
      ->required()
      ->type_name("S");
  sub->add_option("OUT.csv", generate.output, "The file; - for standard output")->required();
}

// By whatever name: it is not to be opened anew, nor has it a place for files beside it.
bool is_standard_input(const std::string& path) {
  return path == "-" || path == "/dev/stdin" || path == "/dev/fd/0" || path == "/proc/self/fd/0";
}

// What the options contradict, for the user; empty when they do not.
std::string contradiction(const run_options& run) {
  if (run.input.empty()) {
    return "FILE.csv is empty";
  }
  if (run.balances && (run.balances->empty() || *run.balances == "-")) {
    return "--balances needs the name of a file: standard output holds the summary";
  }
  return {};
}

int complain(const std::string& text) {
  std::cerr << "ledger: " << text << "\nRun ledger --help for the usage.\n";
  return exit_bad_use;
}

}  // namespace

command parse_command_line(int argument_count, const char* const* arguments) {
  run_options run;
  raw_journal journal;
  account_command asked_of;
  generate_options generate;
  CLI::App app(about, "ledger");
  app.set_version_flag("--version", "ledger " + std::string(casty::version()));
  app.require_subcommand(1);
  add_run(app, run, journal);
  add_account(app, "balance", about_balance, asked_of);
  add_account(app, "history", about_history, asked_of);
  add_verify(app, asked_of);
  add_generate(app, generate);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success& asked) {
    const int code = app.exit(asked);
    std::cout.flush();
    return std::cout ? code : complain("cannot write standard output");
  } catch (const CLI::Error& wrong) {
    return complain(wrong.what());
  }
  if (app.got_subcommand("generate")) {
    return generate.output.empty() ? command(complain("OUT.csv is empty")) : command(generate);
  }
  if (app.got_subcommand("verify")) {
    return verify_options{asked_of.input, asked_of.place(),
                          table_place(asked_of.input, asked_of.place())};
  }
  if (const bool history = app.got_subcommand("history");
      history || app.got_subcommand("balance")) {
    return account_options{asked_of.account, asked_of.place(), history};
  }
  if (const std::string wrong = contradiction(run); !wrong.empty()) {
    return complain(wrong);
  }
  if (is_standard_input(run.input)) {
    run.input = "-";
  }
  const std::string beside = run.input == "-" ? "stdin" : run.input;
  if (run.rejects.empty()) {
    run.rejects = beside + ".rejects.csv";
  }
  run.journal = journal.place();
  return run;
}

}  // namespace ledger
