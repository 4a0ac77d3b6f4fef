#include "casty/config/shared_configuration.hpp"

#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include "casty/config/load.hpp"

namespace {

using casty::shared_configuration;

static_assert(std::is_nothrow_move_constructible_v<shared_configuration>);
static_assert(std::is_nothrow_copy_constructible_v<shared_configuration>);

TEST_CASE("config/shared_configuration: copies share what the first was made of") {
  CHECK(shared_configuration().get() == nullptr);
  shared_configuration first = casty::parse_config("system.name = 'a'");
  const shared_configuration second = first;
  CHECK(second.get() == first.get());
  CHECK(second.get()->system.name == "a");
  const shared_configuration third = std::move(first);
  CHECK(first.get() == nullptr);
  CHECK(third.get() == second.get());
  first = second;
  CHECK(first.get() == second.get());
  first = casty::configuration{};
  CHECK(first.get()->system.name == "casty");
  CHECK(third.get()->system.name == "a");
}

}  // namespace
