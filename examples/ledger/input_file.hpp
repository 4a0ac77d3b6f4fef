/// @file
/// The file of transactions: a regular file, a FIFO, or standard input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "ledger/bytes.hpp"
#include "ledger/signals.hpp"

namespace ledger {

class input_file : public byte_source {
 public:
  /// Does not wait for a FIFO's writer; `read` does.
  ///
  /// @param path     "-" for standard input.
  /// @param stopped  Is looked at before each read, and ends a wait.
  /// @throws         file_error.
  input_file(const std::string& path, signals& stopped);
  ~input_file() override;
  input_file(const input_file&) = delete;
  input_file& operator=(const input_file&) = delete;

  [[nodiscard]] std::size_t read(std::span<char> into) override;

  /// Bytes to come, of a regular file.
  [[nodiscard]] std::optional<std::uint64_t> bytes() const noexcept { return bytes_; }
  /// For the user.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Whether `path` leads to this very file.
  [[nodiscard]] bool is_at(const std::string& path) const noexcept;

 private:
  void look();

  std::string name_;
  signals& stopped_;
  int descriptor_;
  bool may_block_ = true;
  std::optional<std::uint64_t> bytes_;
};

}  // namespace ledger
