#include "casty/core/result.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

using casty::errc;
using casty::result;

struct NoDefault {
  explicit NoDefault(int value) : number(value) {}
  int number;
};

static_assert(!std::is_copy_constructible_v<std::unique_ptr<int>>);
static_assert(std::is_nothrow_move_constructible_v<result<std::unique_ptr<int>>>);

TEST_CASE("core/result: holds a value or the reason why there is none") {
  const result<std::string> value("yes");
  const result<std::string> none(errc::timeout);
  CHECK(value.has_value());
  CHECK(*value == "yes");
  CHECK(value->size() == 3);
  CHECK(value.error() == errc{});
  CHECK_FALSE(none.has_value());
  CHECK(none.error() == errc::timeout);
  CHECK(none.value_or("no") == "no");
  CHECK_THROWS_AS((void)none.value(), casty::error);
}

TEST_CASE("core/result: is copied, moved and assigned in any state") {
  result<std::string> one(std::string(100, 'x'));
  const result<std::string> copy = one;
  CHECK(copy.value() == one.value());
  one = result<std::string>(errc::no_reply);
  CHECK(one.error() == errc::no_reply);
  one = copy;
  CHECK(one.value().size() == 100);
  const result<std::string> moved = std::move(one);
  CHECK(moved.value().size() == 100);
  result<std::string> same = moved;
  const result<std::string>& alias = same;
  same = alias;
  CHECK(same.value().size() == 100);
}

TEST_CASE("core/result: an assignment that throws leaves no value behind") {
  struct Fussy {
    explicit Fussy(bool throws) : fails(throws) {}
    Fussy(const Fussy& other) : fails(other.fails), copies(other.copies + 1) {
      if (fails && copies > 2) {
        throw std::runtime_error("no copy");
      }
    }
    Fussy& operator=(const Fussy&) = default;
    bool fails;
    int copies = 0;
  };
  result<Fussy> one(Fussy(false));
  const result<Fussy> other(Fussy(true));
  CHECK_THROWS_AS(one = other, std::runtime_error);
  CHECK(one.has_value() == (one.error() == errc{}));
}

TEST_CASE("core/result: a value may be move-only and without default") {
  result<std::unique_ptr<int>> owned(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(owned).value();
  CHECK(*taken == 7);
  CHECK(result<NoDefault>(NoDefault(3)).value().number == 3);
  CHECK(result<std::unique_ptr<int>>(errc::timeout).value_or(nullptr) == nullptr);
}

}  // namespace
