#include "casty/core/layer.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::detail::is_copyable;
using casty::detail::layer_of;

struct Do {};

behavior<Do> copyable() {
  return behaviors::receive<Do>(
      [text = std::string("kept")](Do) {
        return text.empty() ? behaviors::stopped : behaviors::same;
      });
}

behavior<Do> move_only() {
  return behaviors::receive<Do>([owned = std::make_unique<int>(1)](Do) {
    return *owned == 1 ? behaviors::same : behaviors::stopped;
  });
}

behavior<Do> made_at_start() {
  return behaviors::setup<Do>([](auto&) { return move_only(); });
}

TEST_CASE("core/layer: what serves messages is no layer, what stands around it is one") {
  CHECK(layer_of(copyable()) == nullptr);
  CHECK(layer_of(behavior<Do>(behaviors::same)) == nullptr);
  CHECK(layer_of(made_at_start()) != nullptr);
  CHECK(layer_of(behaviors::supervise(copyable(), casty::one_for_one_strategy{})) != nullptr);
  CHECK(layer_of(behaviors::with_lifecycle(copyable(), {})) != nullptr);
}

TEST_CASE("core/layer: a behavior can be copied when all that it is made of can") {
  CHECK(is_copyable(copyable()));
  CHECK_FALSE(is_copyable(move_only()));
  CHECK(is_copyable(behavior<Do>(behaviors::stopped)));

  CHECK(is_copyable(behaviors::with_lifecycle(copyable(), {})));
  CHECK_FALSE(is_copyable(behaviors::with_lifecycle(move_only(), {})));
  CHECK_FALSE(is_copyable(
      behaviors::with_lifecycle(behaviors::with_lifecycle(move_only(), {}), {})));
}

TEST_CASE("core/layer: a setup is copied by its captures, not by what it makes") {
  CHECK(is_copyable(made_at_start()));
  CHECK(is_copyable(behaviors::with_lifecycle(made_at_start(), {})));
  CHECK_FALSE(is_copyable(behaviors::setup<Do>([owned = std::make_unique<int>(1)](auto&) {
    return *owned == 1 ? move_only() : copyable();
  })));
}

casty::errc refusal(behavior<Do> inner) {
  try {
    (void)behaviors::supervise(std::move(inner), casty::one_for_one_strategy{});
  } catch (const casty::error& refused) {
    return refused.code();
  }
  return {};
}

TEST_CASE("core/layer: a strategy refuses what it could not start anew") {
  CHECK(refusal(move_only()) == casty::errc::not_copyable);
  CHECK(refusal(behaviors::with_lifecycle(move_only(), {})) == casty::errc::not_copyable);
  CHECK_THROWS_AS((void)behaviors::supervise(move_only(), casty::all_for_one_strategy{}),
                  casty::error);

  CHECK(refusal(made_at_start()) == casty::errc{});
  CHECK(refusal(copyable()) == casty::errc{});
  CHECK(refusal(behaviors::supervise(copyable(), casty::one_for_one_strategy{})) ==
        casty::errc{});
}

}  // namespace
