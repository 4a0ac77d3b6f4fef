/// @file
/// What the command line asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "ledger/generate.hpp"
#include "ledger/journal/place.hpp"

namespace ledger {

// How the program ends; 128 + the signal's number after a signal.
inline constexpr int exit_done = 0;
inline constexpr int exit_not_verified = 1;
inline constexpr int exit_unknown_account = 1;
inline constexpr int exit_bad_use = 2;

struct run_options {
  std::string input;
  std::string rejects;  // where rejected lines go
  std::optional<std::string> balances = {};
  unsigned workers = 0;  // 0: as many as there are cores
  bool verify = false;
  std::optional<journal_place> journal = {};  // left out: beside a file, else in memory
  bool fresh = false;
};

struct account_options {
  std::string account;
  journal_place journal;
  bool history = false;
};

struct verify_options {
  std::string input;
  journal_place journal;
  std::string table;
};

struct generate_options {
  std::string output;
  generated_file wanted;
};

/// The exit code alone, when all that was asked for was printed, or when it was an error.
using command =
    std::variant<run_options, account_options, verify_options, generate_options, int>;

[[nodiscard]] command parse_command_line(int argument_count, const char* const* arguments);

}  // namespace ledger
