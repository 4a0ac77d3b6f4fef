#include "ledger/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ledger {

namespace {

constexpr std::size_t buffer_bytes = 65'536;
constexpr int open_attempts_max = 100;
constexpr std::string_view unfinished = ".unfinished-";

[[noreturn]] void fail_to_write(const std::string& name, const std::string& why) {
  throw file_error("cannot write " + name + ": " + why);
}

// False on an error, which is in errno.
bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t bytes = ::write(descriptor, text.data(), text.size());
    if (bytes < 0 && errno != EINTR && errno != EAGAIN) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
  }
  return true;
}

// A process and a number, as those files end that are made here.
bool is_unfinished(std::string_view name, std::string_view front) {
  if (!name.starts_with(front)) {
    return false;
  }
  name.remove_prefix(front.size());
  const std::size_t dash = name.find('-');
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dash != std::string_view::npos && is_number(name.substr(0, dash)) &&
         is_number(name.substr(dash + 1));
}

// Files of runs that were killed: nobody holds their lock.
void remove_left_behind(const std::string& place) {
  namespace fs = std::filesystem;
  const fs::path of(place);
  const std::string front = of.filename().string() + std::string(unfinished);
  std::error_code failed;
  for (fs::directory_iterator each(of.parent_path(), failed), end; !failed && each != end;
       each.increment(failed)) {
    if (!is_unfinished(each->path().filename().string(), front) ||
        !each->is_regular_file(failed)) {
      continue;
    }
    const int left = ::open(each->path().c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (left >= 0) {
      if (::flock(left, LOCK_EX | LOCK_NB) == 0) {
        ::unlink(each->path().c_str());
      }
      ::close(left);
    }
  }
}

// False when somebody took it for one that was left behind.
bool hold(int descriptor) {
  struct stat opened = {};
  const bool is_taken = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  return !is_taken && ::fstat(descriptor, &opened) == 0 && opened.st_nlink == 1;
}

}  // namespace

output_file::output_file(const std::string& path) : path_(path), place_(place_of(path)) {
  struct stat there = {};
  if (::stat(place_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    fail_to_write(path_, S_ISDIR(there.st_mode) ? "it is a directory" : "it is no regular file");
  }
  remove_left_behind(place_);
  for (int attempt = 0; descriptor_ < 0 && attempt < open_attempts_max; ++attempt) {
    beside_ = place_ + std::string(unfinished) + std::to_string(::getpid()) + "-" +
              std::to_string(attempt);
    descriptor_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) {
      break;
    }
    if (descriptor_ >= 0 && !hold(descriptor_)) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  if (descriptor_ < 0) {
    beside_.clear();
    fail();
  }
  buffer_.reserve(buffer_bytes);
}

output_file::~output_file() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  if (!beside_.empty()) {
    ::unlink(beside_.c_str());
  }
}

void output_file::write(std::string_view text) {
  if (buffer_.size() + text.size() > buffer_bytes) {
    flush();
  }
  buffer_ += text;
}

void output_file::flush() {
  if (!write_all(descriptor_, buffer_)) {
    fail();
  }
  buffer_.clear();
}

void output_file::complete() {
  flush();
  // Some file systems cannot bring a single file to the disk and say so; that is no failure.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOSYS) {
    fail();
  }
}

// Held until it has its place: else another run might take it for one that was left behind.
void output_file::publish() {
  if (std::rename(beside_.c_str(), place_.c_str()) != 0) {
    fail();
  }
  beside_.clear();
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    fail();
  }
}

void output_file::fail() const { fail_to_write(path_, std::generic_category().message(errno)); }

standard_output::standard_output(signals& stopped) : stopped_(stopped) {
  struct stat found = {};
  pipe_ = ::fstat(STDOUT_FILENO, &found) == 0 && S_ISFIFO(found.st_mode);
  buffer_.reserve(buffer_bytes);
}

void standard_output::write(std::string_view text) {
  if (buffer_.size() + text.size() > buffer_bytes) {
    flush();
  }
  buffer_ += text;
}

// A pipe that can be written takes PIPE_BUF bytes without blocking, perhaps no more.
void standard_output::flush() {
  std::string_view text = buffer_;
  while (!text.empty()) {
    const std::size_t bytes = std::min<std::size_t>(text.size(), pipe_ ? PIPE_BUF : text.size());
    if (pipe_) {
      stopped_.wait_writable(STDOUT_FILENO);
    } else {
      stopped_.check();
    }
    if (!write_all(STDOUT_FILENO, text.substr(0, bytes))) {
      fail_to_write("standard output", std::generic_category().message(errno));
    }
    text.remove_prefix(bytes);
  }
  buffer_.clear();
}

std::string place_of(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path place =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, failure), failure);
  return failure ? path : place.string();
}

void remove_file(const std::string& path) {
  struct stat there = {};
  if (::stat(path.c_str(), &there) != 0) {
    return;
  }
  if (!S_ISREG(there.st_mode) || ::unlink(path.c_str()) != 0) {
    throw file_error("cannot remove the old " + path +
                     (S_ISREG(there.st_mode) ? ": " + std::generic_category().message(errno)
                                             : std::string(": it is no regular file")));
  }
}

}  // namespace ledger
