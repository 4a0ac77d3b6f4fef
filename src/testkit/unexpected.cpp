#include "casty/testkit/unexpected.hpp"

#include <sstream>

namespace casty::testkit {

unexpected::unexpected(std::string_view happened, std::uint64_t seed, duration after)
    : std::runtime_error("casty::testkit: " + std::string(happened) + " (seed " +
                         std::to_string(seed) + ", after " + detail::text_of(after) + ")"),
      seed_(seed),
      after_(after) {}

namespace detail {

std::string text_of(duration span) {
  struct {
    std::int64_t nanoseconds;
    const char* name;
  } constexpr units[] = {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " us"}, {1, " ns"}};
  for (const auto& unit : units) {
    if (span.count() % unit.nanoseconds == 0) {
      return std::to_string(span.count() / unit.nanoseconds) + unit.name;
    }
  }
  return {};
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string printed(const void* value, void (*print)(std::ostream& to, const void* value)) {
  std::ostringstream text;
  print(text, value);
  return text.str();
}

}  // namespace detail

}  // namespace casty::testkit
