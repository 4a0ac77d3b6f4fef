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
    "Settles a file of transactions with one actor for each account.\n"
    "\n"
    "Exit status: 0 done, also with refused transactions and rejected lines; 1 the\n"
    "verification failed; 2 bad usage, input or output; 130 and 143 stopped by SIGINT\n"
    "and SIGTERM (then no file is written).";

constexpr const char* about_run =
    "Settles FILE.csv, whose first line is id,kind,account,amount_cents,other_account.\n"
    "Lines that are no transactions go to FILE.csv.rejects.csv, with line number and\n"
    "reason (for standard input to stdin.rejects.csv in the working directory); without\n"
    "such lines there is no such file, and one of a former run is removed.";

constexpr const char* about_generate =
    "Writes a file of transactions to settle: a few busy accounts, many quiet ones,\n"
    "about 1 in 20 refused. The same numbers give the same bytes.";

void add_run(CLI::App& app, run_options& run) {
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
  generate_options generate;
  CLI::App app(about, "ledger");
  app.set_version_flag("--version", "ledger " + std::string(casty::version()));
  app.require_subcommand(1);
  add_run(app, run);
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
  if (const std::string wrong = contradiction(run); !wrong.empty()) {
    return complain(wrong);
  }
  if (run.rejects.empty()) {
    run.rejects = run.input == "-" ? "stdin.rejects.csv" : run.input + ".rejects.csv";
  }
  return run;
}

}  // namespace ledger
