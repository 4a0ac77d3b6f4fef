/// @file
/// What the programs of all C++ rivals share: their options, and the lines that they print.
/// A line is `NAME VALUE UNIT`, one for each repetition; names are those of casty's benches. The
/// first is `# VERSION`.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace rival {

/// Ends the program, for a run whose result is wrong: its figures mean nothing.
inline void require(bool holds, const char* sentence) noexcept {
  if (!holds) {
    std::fprintf(stderr, "wrong result: %s\n", sentence);
    std::_Exit(1);
  }
}

/// A number that an actor gives to the thread that waits for it.
class outcome {
 public:
  void set(std::int64_t value) {
    // Under the lock to the end: whoever waits may destroy this at once.
    const std::lock_guard lock(guard_);
    value_ = value;
    there_ = true;
    changed_.notify_one();
  }
  [[nodiscard]] std::int64_t get() {
    std::unique_lock lock(guard_);
    require(changed_.wait_for(lock, std::chrono::seconds(120), [&] { return there_; }),
            "no result in time");
    there_ = false;
    return value_;
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::int64_t value_ = 0;
  bool there_ = false;
};

class stopwatch {
 public:
  [[nodiscard]] double nanoseconds() const {
    const std::chrono::duration<double, std::nano> passed = clock::now() - begin_;
    return passed.count();
  }
  [[nodiscard]] double milliseconds() const { return nanoseconds() * 1e-6; }

 private:
  using clock = std::chrono::steady_clock;
  clock::time_point begin_ = clock::now();
};

/// Of this process, in bytes.
[[nodiscard]] inline double resident() {
  long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    require(std::fscanf(statm, "%*d %ld", &pages) == 1, "no figure of resident memory");
    std::fclose(statm);
  }
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// What a million idle actors cost, each.
struct spawning {
  double nanoseconds;
  double bytes;
};

class rows {
 public:
  rows(int count, char** given) {
    for (int each = 1; each < count; ++each) {
      const std::string_view option(given[each]);
      const char* value = each + 1 < count ? given[each + 1] : "";
      if (option == "--tiny") {
        tiny_ = true;
      } else if (option == "--workers") {
        workers_ = static_cast<unsigned>(std::atoi(value));
        ++each;
      } else if (option == "--repeat") {
        repeat_ = std::atoi(value);
        ++each;
      } else {
        std::fprintf(stderr, "usage: %s [--workers N] [--repeat N] [--tiny]\n", given[0]);
        std::exit(2);
      }
    }
  }

  [[nodiscard]] unsigned workers() const noexcept { return workers_; }
  /// A size of a program: the one of its figures, or the one of its test.
  [[nodiscard]] std::int64_t size(std::int64_t measured, std::int64_t tiny) const noexcept {
    return tiny_ ? tiny : measured;
  }

  /// Prints what `run()` gives, as often as asked for, after a run that is not printed.
  template <class Run>
  void take(const std::string& name, const char* unit, Run run) const {
    (void)run();
    for (int each = 0; each < repeat_; ++each) {
      print(name, run(), unit);
    }
  }
  /// The name of a whole program's row holds its workers.
  template <class Run>
  void take_whole(const std::string& name, Run run) const {
    take(name + "/workers:" + std::to_string(workers_), "ms", run);
  }
  /// In a process of its own each time, for memory is new only once.
  template <class Run>
  void take_cold(const std::string& name, Run run) const {
    for (int each = 0; each < std::min(repeat_, 3); ++each) {
      int ends[2];
      require(::pipe(ends) == 0, "no pipe");
      const pid_t child = ::fork();
      if (child == 0) {
        const spawning found = run();
        ::_exit(::write(ends[1], &found, sizeof(found)) == sizeof(found) ? 0 : 1);
      }
      ::close(ends[1]);
      spawning found{};
      int status = 1;
      const bool read = ::read(ends[0], &found, sizeof(found)) == sizeof(found);
      require(read && ::waitpid(child, &status, 0) == child && status == 0, "the child has failed");
      ::close(ends[0]);
      print(name, found.nanoseconds, "ns");
      print(name + "/bytes", found.bytes, "B");
    }
  }

 private:
  static void print(const std::string& name, double value, const char* unit) {
    std::printf("%s %.6g %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
  }

  unsigned workers_ = 1;
  int repeat_ = 5;
  bool tiny_ = false;
};

}  // namespace rival
