/// @file
/// Makes files of transactions: skewed, mostly covered, the same for the same numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

/// Whole numbers that look random and are the same in every build (splitmix64).
/// @source  Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
class number_stream {
 public:
  explicit number_stream(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] std::uint64_t next() noexcept;
  /// One of 0 … `bound` - 1. Not all exactly as likely, which nobody can notice.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

 private:
  std::uint64_t state_;
};

struct generated_file {
  std::uint64_t transactions = 0;
  std::uint64_t accounts = 0;
  std::uint64_t seed = 0;
};

/// The lines of one generated file, one call each. A few accounts are busy, many quiet;
/// each account is opened by a deposit, spread over the file; about one line in twenty
/// will be refused.
class line_generator {
 public:
  explicit line_generator(const generated_file& wanted);

  /// The next line with its LF, valid until the next call.
  [[nodiscard]] std::string_view next();

 private:
  [[nodiscard]] std::uint64_t pick_account() noexcept;
  void open_account();
  void add_deposit(std::uint64_t account);
  void add_refused();
  void add_covered();
  void add_line(std::string_view kind, std::uint64_t account, std::uint64_t cents);
  void add_transfer(std::uint64_t from, std::uint64_t cents, std::uint64_t to);
  void add_number(std::uint64_t number);

  number_stream numbers_;
  std::uint64_t accounts_;
  std::uint64_t opening_interval_;  // in lines
  std::uint64_t id_ = 0;
  std::vector<std::uint64_t> balances_;  // of the accounts opened so far
  std::string line_;
};

}  // namespace ledger
