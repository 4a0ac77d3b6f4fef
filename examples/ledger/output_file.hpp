/// @file
/// Files that are either whole or not there, and standard output.
#pragma once

#include <string>
#include <string_view>

#include "ledger/bytes.hpp"
#include "ledger/signals.hpp"

namespace ledger {

/// A file written beside its place and put there when it is complete. Whatever stood
/// there is untouched until then, and stays when the output is dropped.
class output_file : public byte_sink {
 public:
  /// @param path  A link is followed. What stands there must be a regular file, or nothing.
  /// @throws      file_error.
  explicit output_file(const std::string& path);
  /// Removes what was not published.
  ~output_file() override;
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  void write(std::string_view text) override;

  /// All is written: brings it to the disk, so that publishing cannot fail for want of room.
  void complete();
  /// Puts the complete file in its place.
  void publish();

 private:
  void flush();
  [[noreturn]] void fail() const;

  std::string path_;  // as the user wrote it
  std::string place_;
  std::string beside_;
  std::string buffer_;
  int descriptor_ = -1;
};

/// Standard output. A reader of its pipe who dawdles does not make it deaf to signals.
class standard_output : public byte_sink {
 public:
  explicit standard_output(signals& stopped);

  void write(std::string_view text) override;
  /// What was written is not out before this.
  void flush();

 private:
  signals& stopped_;
  std::string buffer_;
  bool pipe_ = false;
};

/// The place that `path` leads to, links followed; for comparing places.
[[nodiscard]] std::string place_of(const std::string& path);

/// Removes the regular file at `path`, if there is one.
/// @throws  file_error.
void remove_file(const std::string& path);

}  // namespace ledger
