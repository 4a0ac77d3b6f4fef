/// @file
/// The input, line by line: transactions for the caller, what is none to the rejects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/input_digest.hpp"
#include "ledger/input_file.hpp"
#include "ledger/journal/events.hpp"
#include "ledger/line.hpp"
#include "ledger/line_parser.hpp"
#include "ledger/line_reader.hpp"
#include "ledger/rejects.hpp"
#include "ledger/signals.hpp"
#include "ledger/transaction.hpp"

namespace ledger {

class transaction_reader {
 public:
  /// @param path  "-" for standard input.
  transaction_reader(const std::string& path, signals& stopped);

  /// @throws  file_error when it is another; so do all others when the input cannot be read.
  void read_header();

  /// Reads a line; false at the end.
  ///
  /// @param rejected  Takes it when it is no transaction; may be null.
  [[nodiscard]] bool next(rejects* rejected);
  /// The line, when it is a transaction; its texts live until the next one is read.
  [[nodiscard]] const std::optional<transaction>& found() const noexcept { return found_; }

  [[nodiscard]] std::uint64_t line_number() const noexcept { return last_.number; }
  [[nodiscard]] std::uint64_t bytes_taken() const noexcept { return lines_.bytes_taken(); }
  [[nodiscard]] const input_file& file() const noexcept { return file_; }

  /// The place behind the line read last; also after a read that was cut short.
  [[nodiscard]] input_mark mark(std::uint64_t batch) const;
  /// Prepares to compare with a mark; to be called before its bytes are read.
  void watch(const input_mark& known) { digest_.watch(known.bytes); }
  /// Whether the place behind the line read last is that one, with the same bytes before it. A
  /// last line may have got its end since.
  [[nodiscard]] bool is_at(const input_mark& known) const;

 private:
  input_file file_;
  input_digest digest_;
  line_reader lines_;
  line_parser parser_;
  line last_;
  std::optional<transaction> found_;
  std::optional<input_mark> before_long_line_;  // while one is read in pieces
};

}  // namespace ledger
