#include "ledger/input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ledger {

namespace {

[[noreturn]] void fail(const std::string& name) {
  throw file_error("cannot read " + name + ": " + std::generic_category().message(errno));
}

void close_opened(int descriptor) {
  if (descriptor > STDERR_FILENO) {
    ::close(descriptor);
  }
}

}  // namespace

// Not to block: else opening a FIFO would wait for a writer, deaf to signals.
input_file::input_file(const std::string& path, signals& stopped)
    : name_(path == "-" ? "standard input" : path),
      stopped_(stopped),
      descriptor_(path == "-" ? STDIN_FILENO
                              : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) {
    fail(name_);
  }
  try {
    look();
  } catch (...) {
    close_opened(descriptor_);
    throw;
  }
}

input_file::~input_file() { close_opened(descriptor_); }

void input_file::look() {
  struct stat found = {};
  if (::fstat(descriptor_, &found) != 0) {
    fail(name_);
  }
  if (S_ISDIR(found.st_mode)) {
    errno = EISDIR;
    fail(name_);
  }
  may_block_ = !S_ISREG(found.st_mode);
  if (!may_block_) {
    const off_t begin = std::max<off_t>(::lseek(descriptor_, 0, SEEK_CUR), 0);
    bytes_ = static_cast<std::uint64_t>(std::max<off_t>(found.st_size - begin, 0));
  }
}

std::size_t input_file::read(std::span<char> into) {
  while (true) {
    if (may_block_) {
      stopped_.wait_readable(descriptor_);
    } else {
      stopped_.check();
    }
    const ssize_t bytes = ::read(descriptor_, into.data(), into.size());
    if (bytes >= 0) {
      return static_cast<std::size_t>(bytes);
    }
    if (errno != EINTR && errno != EAGAIN) {
      fail(name_);
    }
  }
}

bool input_file::is_at(const std::string& path) const noexcept {
  struct stat here = {};
  struct stat there = {};
  return ::fstat(descriptor_, &here) == 0 && ::stat(path.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

}  // namespace ledger
