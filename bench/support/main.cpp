// The main function of all benches: says on what the figures were taken, repeats them, and
// runs them small where `--tiny` is asked for.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/meter.hpp"

namespace {

bool tiny = false;

const char* build() {
#ifdef __OPTIMIZE__
#ifdef NDEBUG
  return "optimised, without assertions";
#else
  return "optimised, with assertions";
#endif
#else
  return "not optimised: figures mean nothing";
#endif
}

const char* compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace

namespace bench {

bool is_tiny() noexcept { return tiny; }

void require(bool holds, const char* sentence) noexcept {
  if (!holds) {
    std::fprintf(stderr, "wrong result: %s\n", sentence);
    std::_Exit(1);
  }
}

}  // namespace bench

int main(int count, char** given) {
  // Those given come last, and win.
  std::vector<std::string> arguments{given[0]};
  for (int each = 1; each < count; ++each) {
    tiny = tiny || std::string(given[each]) == "--tiny";
  }
  if (tiny) {
    arguments.emplace_back("--benchmark_min_time=0.0001");
  } else {
    arguments.emplace_back("--benchmark_repetitions=7");
    arguments.emplace_back("--benchmark_min_time=0.1");
    arguments.emplace_back("--benchmark_enable_random_interleaving=true");
    arguments.emplace_back("--benchmark_display_aggregates_only=true");
  }
  for (int each = 1; each < count; ++each) {
    if (std::string(given[each]) != "--tiny") {
      arguments.emplace_back(given[each]);
    }
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  int size = static_cast<int>(pointers.size());
  benchmark::Initialize(&size, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(size, pointers.data())) {
    return 2;
  }
  benchmark::AddCustomContext("casty", std::string(casty::version()));
  benchmark::AddCustomContext("compiler", compiler());
  benchmark::AddCustomContext("build", build());
  benchmark::AddCustomContext("time", "an operation, on one worker or as named; CPU: who waits");
  benchmark::AddCustomContext("allocations", "an operation: malloc, new, mmap, slabs of the pools");
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
