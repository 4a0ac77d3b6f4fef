#include "casty/wire/serializable.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

namespace {

namespace wire = casty::wire;

struct Plain {
  int number;
  std::string text;
};
struct Tree {
  std::vector<Tree> children;
};
struct WithFunction {
  int number;
  std::function<void()> then;
};
struct Deep {
  std::map<std::string, std::vector<WithFunction>> all;
};
struct WithPointer {
  int* pointer;
};
struct WithThreads {
  int number;
  std::string text;
  std::unique_ptr<std::mutex> lock;
};
class Opaque {
 public:
  explicit Opaque(int number) : number_(number) {}
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

static_assert(wire::serializable<int>);
static_assert(wire::serializable<Plain>);
static_assert(wire::serializable<Tree>);
static_assert(wire::serializable<std::unique_ptr<Plain>>);
static_assert(!wire::serializable<long double>);
static_assert(!wire::serializable<WithFunction>);
static_assert(!wire::serializable<Deep>);
static_assert(!wire::serializable<WithPointer>);
static_assert(!wire::serializable<Opaque>);
static_assert(!wire::serializable<std::thread>);

// Enums whose numbers the program chose, not the compiler.
enum class Scoped { first };
enum Fixed : int { fixed_first };
enum Loose { loose_first };
enum class Wide : wchar_t { first };
static_assert(wire::serializable<Scoped>);
static_assert(wire::serializable<Fixed>);
static_assert(!wire::serializable<Loose>);
static_assert(!wire::serializable<Wide>);

// A number of nothings could say that there are as many as memory does not hold.
using nothings = std::array<std::pair<std::monostate, std::monostate>, 2>;
static_assert(wire::serializable<std::optional<std::monostate>>);
static_assert(wire::serializable<std::vector<std::variant<std::monostate, int>>>);
static_assert(wire::serializable<std::map<int, std::monostate>>);
static_assert(wire::serializable<nothings>);
static_assert(!wire::serializable<std::vector<std::monostate>>);
static_assert(!wire::serializable<std::set<nothings>>);
static_assert(!wire::serializable<std::multimap<std::monostate, nothings>>);

// Who is to blame, and where.
template <class Type>
using flaw = wire::detail::flaw<Type>;
static_assert(std::is_same_v<flaw<Deep>, wire::detail::flaw_at<WithFunction, 2,
                                                               std::function<void()>>>);
static_assert(std::is_same_v<flaw<WithThreads>, wire::detail::flaw_at<WithThreads, 3,
                                                                      std::mutex>>);
static_assert(std::is_same_v<flaw<WithPointer>, wire::detail::flaw_at<WithPointer, 1, int*>>);

TEST_CASE("wire/serializable: decided while compiling") { CHECK(wire::serializable<Plain>); }

}  // namespace
