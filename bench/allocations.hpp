/// @file
/// Counts what a bench allocates: operator new and fresh slabs of the pools.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace bench {

/// Allocations of the whole program so far.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// Reports time and allocations an operation over a timed stretch: what matters here is the
/// cost of one message, not of one iteration of the library.
class stretch {
 public:
  stretch(benchmark::State& state, std::int64_t operations_an_iteration)
      : state_(state), operations_(operations_an_iteration), before_(allocations()) {}
  stretch(const stretch&) = delete;
  stretch& operator=(const stretch&) = delete;
  ~stretch() {
    using benchmark::Counter;
    const auto all = static_cast<double>(state_.iterations()) * static_cast<double>(operations_);
    state_.counters["time/op"] = Counter(all, Counter::kIsRate | Counter::kInvert);
    state_.counters["allocs/op"] =
        Counter(static_cast<double>(allocations() - before_) / all);
  }

 private:
  benchmark::State& state_;
  std::int64_t operations_;
  std::uint64_t before_;
};

}  // namespace bench
