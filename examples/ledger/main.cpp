// The main job: settles a file of transactions with one actor for each account.
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "ledger/bytes.hpp"
#include "ledger/generate_file.hpp"
#include "ledger/look_up.hpp"
#include "ledger/options.hpp"
#include "ledger/progress.hpp"
#include "ledger/settle_file.hpp"
#include "ledger/signals.hpp"
#include "ledger/verify_file.hpp"

namespace {

int execute(const ledger::command& asked, ledger::signals& stopped) {
  if (const auto* run = std::get_if<ledger::run_options>(&asked)) {
    return ledger::settle_file(*run, stopped);
  }
  if (const auto* account = std::get_if<ledger::account_options>(&asked)) {
    return ledger::look_up(*account, stopped);
  }
  if (const auto* verify = std::get_if<ledger::verify_options>(&asked)) {
    return ledger::verify_file(*verify, stopped);
  }
  if (const auto* generate = std::get_if<ledger::generate_options>(&asked)) {
    ledger::generate_file(*generate, stopped);
    return ledger::exit_done;
  }
  return std::get<int>(asked);
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    ledger::signals stopped;
    return execute(ledger::parse_command_line(argument_count, arguments), stopped);
  } catch (const ledger::interrupted& by) {
    ledger::say(by.signal == SIGINT ? "interrupted" : "terminated");
    return 128 + by.signal;
  } catch (const std::exception& failure) {
    ledger::say(failure.what());
    return ledger::exit_bad_use;
  }
}
