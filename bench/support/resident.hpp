/// @file
/// Resident memory, and figures of it that a child process takes: memory is new only once.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "support/meter.hpp"

namespace bench {

/// Of this process, in bytes.
[[nodiscard]] inline std::int64_t resident() {
  long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    require(std::fscanf(statm, "%*d %ld", &pages) == 1, "no figure of resident memory");
    std::fclose(statm);
  }
  return std::int64_t{pages} * ::sysconf(_SC_PAGESIZE);
}

/// What `run` gives, in a process of its own. `Found` goes through a pipe.
template <class Found, class Run>
[[nodiscard]] Found in_a_new_process(Run run) {
  int ends[2];
  require(::pipe(ends) == 0, "no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    const Found found = run();
    ::_exit(::write(ends[1], &found, sizeof(found)) == sizeof(found) ? 0 : 1);
  }
  ::close(ends[1]);
  Found found{};
  int status = 1;
  const bool read = ::read(ends[0], &found, sizeof(found)) == sizeof(found);
  require(read && ::waitpid(child, &status, 0) == child && status == 0, "the child has failed");
  ::close(ends[0]);
  return found;
}

}  // namespace bench
