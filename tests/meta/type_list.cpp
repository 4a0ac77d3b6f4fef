#include "casty/meta/type_list.hpp"

#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace {

namespace meta = casty::meta;

struct Incomplete;
using List = meta::type_list<int, std::string, Incomplete>;

static_assert(List::size == 3);
static_assert(meta::contains<List, int> && meta::contains<List, Incomplete>);
static_assert(!meta::contains<List, long> && !meta::contains<List, const int>);
static_assert(!meta::contains<meta::type_list<>, int>);
// What is there twice is nowhere: the list is no protocol.
static_assert(!meta::contains<meta::type_list<int, char, int>, int>);
static_assert(meta::contains<meta::type_list<int, char, int>, char>);

static_assert(meta::index_of<List, int> == 0);
static_assert(meta::index_of<List, Incomplete> == 2);
static_assert(meta::index_of<List, double> == List::size);

static_assert(std::is_same_v<meta::at<List, 1>, std::string>);
static_assert(std::is_same_v<meta::join<meta::type_list<int>, meta::type_list<char, long>>,
                             meta::type_list<int, char, long>>);

TEST_CASE("meta/type_list: is proven by the compiler") { CHECK(List::size == 3); }

}  // namespace
