#include "casty/core/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct Stop {};

casty::behavior<Stop> stopping() {
  return behaviors::receive<Stop>([](Stop) { return behaviors::stopped; });
}

TEST_CASE("core/address: a path names its actor, also a copy of it that outlives the system") {
  std::optional<casty::actor_path> kept;
  {
    casty::testkit::test_system system;
    const auto to = system.spawn(stopping(), "named");
    kept = to.path();
    const casty::actor_path copy = *kept;
    kept = copy;
    const casty::actor_path& alias = *kept;
    *kept = alias;
    CHECK(copy == to.path());
  }
  CHECK(kept->view() == "/user/named");
  CHECK(kept->name() == "named");
  CHECK(std::string(kept->c_str()) == "/user/named");
}

TEST_CASE("core/address: an actor without a name shows its incarnation, a dead one that it is") {
  casty::testkit::test_system system;
  const auto to = system.spawn(stopping());
  CHECK(to.path().name().substr(0, 1) == "$");
  to.tell(Stop{});
  system.run();
  CHECK(to.path().view() == "/dead");
}

TEST_CASE("core/address: untyped refs are equal for the same incarnation") {
  casty::testkit::test_system system;
  const auto first = system.spawn(stopping(), "same");
  const casty::any_ref known = first;
  casty::any_ref other = system.spawn(stopping(), "other");
  CHECK(known == first);
  CHECK_FALSE(other == known);
  other = known;
  const casty::any_ref& alias = other;
  other = alias;
  CHECK(other == known);

  first.tell(Stop{});
  system.run();
  const auto namesake = system.spawn(stopping(), "same");
  CHECK_FALSE(known == namesake);
  CHECK(known == first);
}

}  // namespace
