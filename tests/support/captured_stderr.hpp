/// @file
/// What a test says on stderr.
#pragma once

#include <cstdio>
#include <string>

#include <unistd.h>

namespace support {

/// All of it, while this lives.
class captured_stderr {
 public:
  captured_stderr() : before_(dup(STDERR_FILENO)), file_(std::tmpfile()) {
    std::fflush(stderr);
    (void)dup2(fileno(file_), STDERR_FILENO);
  }
  captured_stderr(const captured_stderr&) = delete;
  captured_stderr& operator=(const captured_stderr&) = delete;
  ~captured_stderr() {
    std::fflush(stderr);
    (void)dup2(before_, STDERR_FILENO);
    close(before_);
    std::fclose(file_);
  }

  [[nodiscard]] std::string text() const {
    std::fflush(stderr);
    std::string all(static_cast<std::size_t>(lseek(fileno(file_), 0, SEEK_END)), ' ');
    (void)!pread(fileno(file_), all.data(), all.size(), 0);
    return all;
  }

 private:
  int before_;
  std::FILE* file_;
};

}  // namespace support
