#include "casty/core/shared_function.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

namespace {

using casty::detail::shared_function;
using Length = shared_function<int(const std::string&)>;

constexpr auto length = [](const std::string& text) { return static_cast<int>(text.size()); };
static_assert(std::is_constructible_v<Length, decltype(length)>);
static_assert(!std::is_constructible_v<Length, int>);
static_assert(std::is_nothrow_copy_constructible_v<Length>);

TEST_CASE("core/shared_function: one that was given nothing is false") {
  CHECK_FALSE(Length());
  CHECK(Length(length));
}

TEST_CASE("core/shared_function: copies share one callable, which the last destroys") {
  const auto captured = std::make_shared<int>(3);
  {
    Length first([captured](const std::string& text) {
      return static_cast<int>(text.size()) + *captured;
    });
    const long claims = captured.use_count();
    Length copy = first;
    Length assigned;
    assigned = copy;
    CHECK(captured.use_count() == claims);

    first = Length();
    CHECK(copy("ab") == 5);
    copy = Length();
    CHECK(assigned("abc") == 6);
    CHECK(captured.use_count() == claims);
  }
  CHECK(captured.use_count() == 1);
}

TEST_CASE("core/shared_function: a move leaves nothing, an assignment to itself everything") {
  Length first(length);
  Length second = std::move(first);
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move)
  const Length& same = second;
  second = same;
  CHECK(second("four") == 4);
}

TEST_CASE("core/shared_function: a callable may be move-only, arguments may be too") {
  const shared_function<int(std::unique_ptr<int>)> sum(
      [added = std::make_unique<int>(4)](std::unique_ptr<int> taken) { return *taken + *added; });
  const auto copy = sum;
  CHECK(copy(std::make_unique<int>(3)) == 7);
}

TEST_CASE("core/shared_function: a callable that throws as it moves in leaves nothing behind") {
  struct Fussy {
    explicit Fussy(std::shared_ptr<int> held) : alive(std::move(held)) {}
    Fussy(const Fussy& other) : alive(other.alive) {
      if (--*alive == 0) {
        throw 1;
      }
    }
    int operator()(const std::string&) const { return 0; }
    std::shared_ptr<int> alive;
  };
  const auto alive = std::make_shared<int>(1);
  CHECK_THROWS_AS((void)Length(Fussy(alive)), int);
  CHECK(alive.use_count() == 1);
}

}  // namespace
