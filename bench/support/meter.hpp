/// @file
/// Time and allocations of a stretch of work, and how a bench reports them an operation.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "casty/actor.hpp"

namespace bench {

/// Allocations of the program so far: malloc and its kin, operator new, mmap, and slabs that
/// the pools begin.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// True when the bench runs as a test: whatever has a size of its own is small then.
[[nodiscard]] bool is_tiny() noexcept;

/// Ends the program, for a bench whose result is wrong: its figures mean nothing.
void require(bool holds, const char* sentence) noexcept;

inline constexpr casty::duration patience = casty::duration::seconds(60);

/// One worker, so that figures repeat: two would measure the distance of the cores.
[[nodiscard]] inline casty::system_options one_worker() {
  return {.name = "bench", .workers = 1, .log = casty::log_level::warning};
}

struct cost {
  std::int64_t nanoseconds = 0;
  std::uint64_t allocations = 0;
};

class meter {
 public:
  [[nodiscard]] cost read() const noexcept {
    const std::chrono::nanoseconds passed = std::chrono::steady_clock::now() - begin_;
    return {passed.count(), bench::allocations() - allocations_};
  }

 private:
  std::uint64_t allocations_ = bench::allocations();
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// A stretch that begins in one handler and ends in another, so that the way there and back
/// from the thread that asked for it is not part of it.
class lap {
 public:
  void begin(casty::reply_to<cost> asked) {
    asked_.emplace(std::move(asked));
    meter_.emplace();
  }
  void end() {
    const cost spent = meter_->read();
    // Once it is told, the next stretch may begin on another worker.
    const casty::reply_to<cost> asked = std::move(*asked_);
    asked_.reset();
    asked.tell(spent);
  }

 private:
  std::optional<meter> meter_;
  std::optional<casty::reply_to<cost>> asked_;
};

/// Runs `run(count)`, which does so many operations and gives their cost, until the
/// figures are good; the time of one operation is that of one iteration.
///
/// @param step  `count` is a multiple of it.
/// @param most  `count` is at most that, or one `step`.
template <class Run>
void measure(benchmark::State& state, std::int64_t step, std::int64_t most, Run run) {
  const std::int64_t wanted = std::min<std::int64_t>(state.max_iterations, most);
  const std::int64_t count = std::max<std::int64_t>(1, wanted / step) * step;
  (void)run(count);  // the pools grow to what is needed
  std::uint64_t allocated = 0;
  while (state.KeepRunningBatch(count)) {
    const cost spent = run(count);
    allocated += spent.allocations;
    state.SetIterationTime(static_cast<double>(spent.nanoseconds) * 1e-9);
  }
  state.counters["allocations"] =
      static_cast<double>(allocated) / static_cast<double>(state.iterations());
}

/// How all benches report: nanoseconds, and the least of the repetitions, which other load
/// disturbs least.
inline void nanoseconds(benchmark::internal::Benchmark* bench) {
  bench->UseManualTime()->Unit(benchmark::kNanosecond);
  bench->ComputeStatistics("min", [](const std::vector<double>& all) {
    return *std::min_element(all.begin(), all.end());
  });
}

}  // namespace bench
