#include "casty/core/mailbox.hpp"

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

static_assert(casty::mailbox{}.capacity == 0);
static_assert(casty::mailbox{} == casty::mailbox{.overflow = casty::overflow::drop_new});
static_assert(!(casty::mailbox{.capacity = 1} == casty::mailbox{.capacity = 2}));
static_assert(casty::spawn_options{}.mailbox.capacity == casty::mailbox::as_configured);

TEST_CASE("core/mailbox: one without a capacity holds any number") {
  int seen = 0;
  casty::testkit::test_system system;
  for (const std::uint32_t capacity : {0U, casty::mailbox::as_configured}) {
    CAPTURE(capacity);
    seen = 0;
    const auto to = system.spawn(casty::behaviors::receive<int>([&seen](int) {
      ++seen;
      return casty::behaviors::same;
    }), {}, {.mailbox = {.capacity = capacity, .overflow = casty::overflow::backpressure}});
    for (int each = 0; each < 10'000; ++each) {
      REQUIRE(to.try_tell(each));
    }
    system.drain();
    CHECK(seen == 10'000);
  }
}

}  // namespace
