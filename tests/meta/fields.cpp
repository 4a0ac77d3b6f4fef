#include "casty/meta/fields.hpp"

#include <memory>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

namespace meta = casty::meta;

struct Empty {};
struct Two {
  int number;
  std::string text;
};
struct MoveOnly {
  std::unique_ptr<int> value;
};
class Closed {
 public:
  explicit Closed(int number) : number_(number) {}
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

static_assert(std::is_same_v<meta::fields<Empty>, meta::type_list<>>);
static_assert(std::is_same_v<meta::fields<Two>, meta::type_list<int, std::string>>);
static_assert(std::is_same_v<meta::fields<MoveOnly>, meta::type_list<std::unique_ptr<int>>>);
static_assert(std::is_same_v<meta::fields<Closed>, meta::type_list<>>);
static_assert(std::is_same_v<meta::fields<int>, meta::type_list<>>);

TEST_CASE("meta/fields: arguments are taken by position, as they were forwarded") {
  auto owned = std::make_unique<int>(7);
  int counted = 1;
  using Pack = meta::argument_pack<std::integer_sequence<unsigned, 0, 1>, std::unique_ptr<int>,
                                   int&>;
  Pack pack{{std::move(owned)}, {counted}};

  ++meta::take<1>(pack);
  const std::unique_ptr<int> taken = meta::take<0>(pack);

  CHECK(counted == 2);
  CHECK(*taken == 7);
}

}  // namespace
