#include "casty/testkit/seeds.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "casty/core/error.hpp"
#include "casty/testkit/unexpected.hpp"

namespace casty::testkit::detail {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> number_in(const char* variable) {
  const char* said = std::getenv(variable);
  if (said == nullptr) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> number = whole_number(said);
  if (!number) {
    throw error(errc::bad_argument, std::string(variable) + "=\"" + said +
                                        "\" in the environment is no whole number below 2^64");
  }
  return number;
}

seed_range::seed_range(std::uint64_t count) : first(1), last(count), log(log_level::off) {
  if (count == 0) {
    throw error(errc::bad_argument, "a test under no seed passes whatever it does");
  }
  if (const auto chosen = number_in("CASTY_SEED")) {
    first = last = *chosen;
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
