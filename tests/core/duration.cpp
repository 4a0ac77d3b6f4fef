#include "casty/core/duration.hpp"

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace {

using casty::duration;
using namespace std::chrono_literals;

static_assert(duration(5s).count() == 5'000'000'000);
static_assert(duration(1500us) == duration::nanoseconds(1'500'000));
static_assert(duration(std::chrono::duration<double>(0.25)).count() == 250'000'000);
static_assert(duration(std::chrono::hours(24)) == duration::seconds(86'400));
static_assert(duration::seconds(1) < duration::milliseconds(1001));
static_assert(duration() == duration(0s));

TEST_CASE("core/duration: what lies out of range saturates") {
  CHECK(duration(std::chrono::hours::max()) == duration::max());
  CHECK(duration::seconds(INT64_MAX) == duration::max());
  CHECK(duration::seconds(INT64_MIN).count() == INT64_MIN);
  CHECK(duration::max() + duration::seconds(1) == duration::max());
  CHECK((duration::nanoseconds(INT64_MIN) - duration::seconds(1)).count() == INT64_MIN);
  CHECK(duration::seconds(3) - duration::seconds(1) == duration(2s));
}

}  // namespace
