#include "casty/testkit/seeds.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "casty/testkit/unexpected.hpp"

namespace casty::testkit::detail {

seed_range::seed_range(std::uint64_t count) : first(1), last(count), log(log_level::off) {
  if (const char* chosen = std::getenv("CASTY_SEED")) {
    first = last = std::strtoull(chosen, nullptr, 10);
    log = log_level::warning;
  }
}

void rethrow_with_seed(std::uint64_t seed) {
  std::fprintf(stderr, "casty::testkit: failed under seed %llu; CASTY_SEED=%llu repeats it alone\n",
               static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed));
  try {
    throw;
  } catch (const unexpected&) {
    throw;  // names it
  } catch (const std::exception& failure) {
    std::throw_with_nested(unexpected(std::string("thrown: ") + failure.what(), seed, {}));
  }
}

}  // namespace casty::testkit::detail
