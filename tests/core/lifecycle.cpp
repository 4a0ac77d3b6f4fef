#include "casty/core/lifecycle.hpp"

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using support::under_seeds;

struct Again {};
using Context = casty::actor_context<Again>;
using Hook = casty::lifecycle_hook<Again>;

// The accepted space of a hook, then the refused one.
constexpr auto of_nothing = [] {};
constexpr auto of_context = [](Context&) {};
constexpr auto of_auto_context = [](auto&) {};
constexpr auto of_failure = [](Context&, std::exception_ptr) {};
constexpr auto of_failure_by_reference = [](auto&, const std::exception_ptr&) { return 1; };
static_assert(std::is_constructible_v<Hook, decltype(of_nothing)>);
static_assert(std::is_constructible_v<Hook, decltype(of_context)>);
static_assert(std::is_constructible_v<Hook, decltype(of_auto_context)>);
static_assert(std::is_constructible_v<Hook, decltype(of_failure)>);
static_assert(std::is_constructible_v<Hook, decltype(of_failure_by_reference)>);
static_assert(std::is_constructible_v<Hook, void (*)(Context&)>);
static_assert(std::is_copy_constructible_v<Hook>);

constexpr auto of_message = [](Again) {};
constexpr auto of_other_context = [](casty::actor_context<int>&) {};
constexpr auto changes = [count = 0](Context&) mutable { return ++count; };
constexpr auto turned_around = [](std::exception_ptr, Context&) {};
static_assert(!std::is_constructible_v<Hook, decltype(of_message)>);
static_assert(!std::is_constructible_v<Hook, decltype(of_other_context)>);
static_assert(!std::is_constructible_v<Hook, decltype(changes)>);
static_assert(!std::is_constructible_v<Hook, decltype(turned_around)>);

using Log = std::vector<std::string>;

TEST_CASE("core/lifecycle: a hook takes nothing, the context, or the failure as well") {
  under_seeds<Log>([](auto& system, Log& log) {
    const auto actor = system.spawn(behaviors::with_lifecycle(
        behaviors::setup<Again>([](auto&) {
          return behaviors::receive<Again>([](Again) { return behaviors::restart; });
        }),
        {.pre_start = [&log] { log.push_back("pre_start"); },
         .post_stop = [&log](Context&) { log.push_back("post_stop"); },
         .pre_restart =
             [&log](auto&, const std::exception_ptr& why) {
               log.push_back(why ? "pre_restart after a failure" : "pre_restart");
             },
         .post_restart =
             [&log](auto& ctx) {
               log.push_back("post_restart");
               ctx.stop(ctx.self());
               return 7;
             }}));
    actor.tell(Again{});
    system.drain();

    CHECK(log == Log{"pre_start", "pre_restart", "post_restart", "post_stop"});
  });
}

TEST_CASE("core/lifecycle: hooks left out are none") {
  under_seeds<int>([](auto& system, int& stops) {
    const auto actor = system.spawn(behaviors::with_lifecycle(
        behaviors::receive<Again>([](Again) { return behaviors::stopped; }),
        {.post_stop = [&stops] { ++stops; }}));
    actor.tell(Again{});
    system.drain();
    CHECK(stops == 1);
  });
}

TEST_CASE("core/lifecycle: copies of hooks share what they capture") {
  const auto captured = std::make_shared<int>(1);
  const casty::lifecycle_hooks<Again> hooks{.pre_start = [captured] {}};
  const long claims = captured.use_count();
  const casty::lifecycle_hooks<Again> copy = hooks;  // NOLINT: the copy is the test
  CHECK(captured.use_count() == claims);
}

}  // namespace
