/// @file
/// The file of the lines that are no transactions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/line.hpp"
#include "ledger/line_parser.hpp"
#include "ledger/output_file.hpp"

namespace ledger {

/// What a reject shows of a line: its first 200 bytes, less when they end within a
/// character; what is not UTF-8, a control character or a backslash is written `\xHH`
/// for each of its bytes.
[[nodiscard]] std::string reject_text(std::string_view text);

/// Written with the first reject; a run without rejects leaves no file.
class rejects {
 public:
  explicit rejects(std::string path) : path_(std::move(path)) {}

  /// @throws  file_error.
  void add(const line& rejected, reject_reason reason);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// See `output_file`.
  void complete();
  /// Puts the file in its place; without rejects, removes the one of a former run.
  void publish();

 private:
  std::string path_;
  std::optional<output_file> file_;
  std::uint64_t count_ = 0;
};

}  // namespace ledger
