#include "casty/testkit/effects.hpp"

#include <chrono>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
namespace effects = casty::testkit::effects;
using namespace std::chrono_literals;
using casty::testkit::test_system;

static_assert(casty::testkit::effect_kind<effects::spawned>);
static_assert(!casty::testkit::effect_kind<int>);

TEST_CASE("testkit/effects: each reads as a sentence would name it") {
  test_system system;
  const casty::any_ref ref =
      system.spawn(behaviors::receive<int>([](int) { return behaviors::same; }), "alice");
  using casty::testkit::to_string;
  CHECK(to_string(effects::spawned{"a", "/user/a"}) == "spawned /user/a");
  CHECK(to_string(effects::watched{ref}) == "watched /user/alice");
  CHECK(to_string(effects::unwatched{ref}) == "unwatched /user/alice");
  CHECK(to_string(effects::told_to_stop{ref}) == "told_to_stop /user/alice");
  CHECK(to_string(effects::timer_set{"k", 3s, false}) == "timer_set \"k\" 3 s");
  CHECK(to_string(effects::timer_cancelled{"k"}) == "timer_cancelled \"k\"");
  CHECK(to_string(effects::receive_timeout_set{2ms}) == "receive_timeout_set 2 ms");
  CHECK(to_string(effects::receive_timeout_cancelled{}) == "receive_timeout_cancelled");
  CHECK(to_string(effects::logged{casty::log_level::warning, "hot", "t=3"}) ==
        "logged warning \"hot\" t=3");
  CHECK(to_string(effects::failed{"no"}) == "failed \"no\"");
  CHECK(to_string(effects::restarted{}) == "restarted");
  CHECK(to_string(effects::stopped{}) == "stopped");
}

}  // namespace
