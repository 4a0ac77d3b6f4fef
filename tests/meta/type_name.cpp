#include "casty/meta/type_name.hpp"

#include <doctest/doctest.h>

namespace shop::orders {

struct Placed {};
template <class Item>
struct Box {};

}  // namespace shop::orders

namespace {

using casty::meta::type_name;

static_assert(type_name<int> == "int");
static_assert(type_name<shop::orders::Placed> == "Placed");

TEST_CASE("meta/type_name: a name is what its author declared, without namespaces") {
  CHECK(type_name<shop::orders::Box<shop::orders::Placed>>.substr(0, 4) == "Box<");
  struct Local {};
  CHECK(type_name<Local> == "Local");
}

}  // namespace
