/// @file
/// A second process of a bench: the same program, in another role. It ends with this one, and
/// this one ends with an error when the other does.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

namespace bench {

/// One at a time. Made while this process has no thread but the one that makes it.
class other_process {
 public:
  /// `play(say)` runs there, until it is killed; what `say` is given is heard here, once.
  template <class Role>
  explicit other_process(Role play) {
    int ends[2];
    if (::pipe(ends) != 0) {
      fail("no pipe");
    }
    const pid_t parent = ::getpid();
    ::signal(SIGCHLD, &has_ended);
    child_ = ::fork();
    if (child_ < 0) {
      fail("no process");
    }
    if (child_ == 0) {
      ::close(ends[0]);
      run(play, parent, ends[1]);
    }
    ::close(ends[1]);
    hears_ = ends[0];
  }
  other_process(const other_process&) = delete;
  other_process& operator=(const other_process&) = delete;
  ~other_process() {
    ::signal(SIGCHLD, SIG_DFL);
    ::kill(child_, SIGKILL);
    (void)::waitpid(child_, nullptr, 0);
    ::close(hears_);
  }

  /// What it has said; waits for that.
  [[nodiscard]] std::string hear() const {
    std::string heard;
    for (char each = 0; ::read(hears_, &each, 1) == 1 && each != '\n';) {
      heard += each;
    }
    return heard;
  }

 private:
  template <class Role>
  [[noreturn]] static void run(Role& play, pid_t parent, int says) {
    ::signal(SIGCHLD, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
      std::_Exit(1);
    }
    try {
      play([says](const std::string& what) {
        const std::string line = what + '\n';
        if (::write(says, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
          std::_Exit(1);
        }
        ::close(says);
      });
      for (;;) {
        ::pause();
      }
    } catch (const std::exception& failed) {
      std::fprintf(stderr, "the other process: %s\n", failed.what());
    }
    std::_Exit(1);
  }
  [[noreturn]] static void fail(const char* why) {
    std::perror(why);
    std::_Exit(1);
  }
  static void has_ended(int) {
    constexpr char text[] = "the other process has ended\n";
    (void)!::write(STDERR_FILENO, text, sizeof(text) - 1);
    std::_Exit(1);
  }

  pid_t child_ = 0;
  int hears_ = -1;
};

}  // namespace bench
