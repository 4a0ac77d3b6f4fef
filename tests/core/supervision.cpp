#include "casty/core/supervision.hpp"

#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

using casty::decide;
using casty::decider;
using casty::directive;

struct Lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Exception>
std::exception_ptr thrown(Exception exception) {
  return std::make_exception_ptr(std::move(exception));
}

constexpr auto of_lost = [](const Lost&) { return directive::escalate; };
constexpr auto of_runtime = [](const std::runtime_error&) { return directive::stop; };
constexpr auto of_any = [](const std::exception_ptr&) { return directive::resume; };

// The accepted space of a clause, then the refused one.
template <class Clause>
constexpr bool is_clause = casty::detail::is_clause<Clause>;

constexpr auto by_value = [](Lost) { return directive::stop; };
constexpr auto never_throws = [](const Lost&) noexcept { return directive::stop; };
static_assert(is_clause<decltype(of_lost)> && is_clause<decltype(of_any)>);
static_assert(is_clause<decltype(by_value)> && is_clause<decltype(never_throws)>);
static_assert(is_clause<directive (*)(const Lost&)> && is_clause<directive (*)(int) noexcept>);

constexpr auto of_nothing = [] { return directive::stop; };
constexpr auto of_two = [](const Lost&, int) { return directive::stop; };
constexpr auto changes = [](Lost&) { return directive::stop; };
constexpr auto takes_away = [](Lost&&) { return directive::stop; };
constexpr auto of_auto = [](const auto&) { return directive::stop; };
constexpr auto counts = [count = 0](const Lost&) mutable {
  return ++count > 1 ? directive::stop : directive::restart;
};
constexpr auto gives_number = [](const Lost&) { return 1; };
static_assert(!is_clause<decltype(of_nothing)> && !is_clause<decltype(of_two)>);
static_assert(!is_clause<decltype(changes)> && !is_clause<decltype(takes_away)>);
static_assert(!is_clause<decltype(of_auto)> && !is_clause<decltype(counts)>);
static_assert(!is_clause<decltype(gives_number)> && !is_clause<int>);

static_assert(std::is_constructible_v<decider, decltype(of_any)>);
static_assert(!std::is_constructible_v<decider, decltype(of_lost)>);

TEST_CASE("core/supervision: clauses are asked in their order, the first that fits answers") {
  const decider narrow_first = decide(of_lost, of_runtime);
  CHECK(narrow_first(thrown(Lost("x"))) == directive::escalate);
  CHECK(narrow_first(thrown(std::runtime_error("x"))) == directive::stop);

  const decider wide_first = decide(of_runtime, of_lost);
  CHECK(wide_first(thrown(Lost("x"))) == directive::stop);
}

TEST_CASE("core/supervision: a failure that no clause takes restarts") {
  CHECK(decide(of_lost)(thrown(std::logic_error("x"))) == directive::restart);
  CHECK(decide()(thrown(1)) == directive::restart);
  CHECK(decider()(thrown(1)) == directive::restart);
}

TEST_CASE("core/supervision: a clause of std::exception_ptr takes any failure") {
  const decider any = decide(of_lost, of_any);
  CHECK(any(thrown(Lost("x"))) == directive::escalate);
  CHECK(any(thrown(1)) == directive::resume);
  CHECK(any(thrown(std::string("x"))) == directive::resume);

  const decider shadowed = decide(of_any, of_lost);
  CHECK(shadowed(thrown(Lost("x"))) == directive::resume);
}

TEST_CASE("core/supervision: a clause gets the exception itself, of any type") {
  const decider by_text = decide([](const Lost& lost) {
    return std::string("far") == lost.what() ? directive::stop : directive::resume;
  });
  CHECK(by_text(thrown(Lost("far"))) == directive::stop);
  CHECK(by_text(thrown(Lost("near"))) == directive::resume);

  const decider by_number =
      decide([](int code) { return code == 7 ? directive::stop : directive::escalate; });
  CHECK(by_number(thrown(7)) == directive::stop);
  CHECK(by_number(thrown(8)) == directive::escalate);
}

TEST_CASE("core/supervision: what a clause throws is not offered to the clauses behind it") {
  int asked = 0;
  const decider throwing = decide(
      [](const Lost&) -> directive { throw std::runtime_error("within"); },
      [&asked](const std::runtime_error&) {
        ++asked;
        return directive::stop;
      });
  CHECK_THROWS_WITH((void)throwing(thrown(Lost("x"))), "within");
  CHECK(asked == 0);
}

directive stops(const std::exception_ptr&) { return directive::stop; }

TEST_CASE("core/supervision: a decider may be a function") {
  CHECK(decider(&stops)(thrown(1)) == directive::stop);
  CHECK(decider(stops)(thrown(1)) == directive::stop);
  CHECK(decider(of_any)(thrown(1)) == directive::resume);
}

TEST_CASE("core/supervision: a copy of a decider answers as the original, also after its end") {
  decider copy;
  {
    const decider original = decide(of_lost, of_any);
    copy = original;
    CHECK(original(thrown(Lost("x"))) == directive::escalate);
  }
  CHECK(copy(thrown(Lost("x"))) == directive::escalate);
  CHECK(copy(thrown(1)) == directive::resume);

  const decider moved = std::move(copy);
  CHECK(moved(thrown(1)) == directive::resume);
}

TEST_CASE("core/supervision: a strategy restarts three times a minute, unless said otherwise") {
  const casty::one_for_one_strategy alone;
  CHECK(alone.max_restarts == 3);
  CHECK(alone.within.count() == 60'000'000'000);
  CHECK(alone.backoff.min.count() == 0);
  CHECK(alone.decider(thrown(1)) == directive::restart);

  const casty::all_for_one_strategy together;
  CHECK(together.max_restarts == alone.max_restarts);
  CHECK(together.within.count() == alone.within.count());
}

}  // namespace
