#include "casty/wire/schema.hpp"

#include <string_view>

#include <doctest/doctest.h>

namespace bank {

struct Deposited {};
namespace {
struct Hidden {};
}  // namespace
struct Renamed {};
struct RenamedV1 {};

}  // namespace bank

namespace {
struct Local {};
}  // namespace

template <>
struct casty::schema<bank::Renamed> {
  static constexpr std::string_view name = "bank.Paid";
  static constexpr std::uint32_t version = 2;
  static constexpr std::string_view former_names[] = {"Paid", "bank::Renamed"};
  static bank::Renamed upcast(const bank::RenamedV1&) { return {}; }
};

namespace {

namespace wire = casty::wire;

// Equal for every compiler.
static_assert(wire::name_of<bank::Deposited> == "bank::Deposited");
static_assert(wire::name_of<bank::Hidden> == "bank::Hidden");
static_assert(wire::name_of<Local> == "Local");
static_assert(wire::name_of<bank::Renamed> == "bank.Paid");
static_assert(wire::version_of<bank::Renamed> == 2);
static_assert(wire::version_of<bank::Deposited> == 1);
static_assert(wire::upcasted<bank::Renamed>);
static_assert(!wire::upcasted<bank::Deposited>);
static_assert(std::is_same_v<wire::older_of<bank::Renamed>, bank::RenamedV1>);

TEST_CASE("wire/schema: a type is read under its name and its former ones") {
  CHECK(wire::is_called<bank::Renamed>("bank.Paid"));
  CHECK(wire::is_called<bank::Renamed>("Paid"));
  CHECK(wire::is_called<bank::Renamed>("bank::Renamed"));
  CHECK_FALSE(wire::is_called<bank::Renamed>("bank::Deposited"));
  CHECK(wire::is_called<bank::Deposited>("bank::Deposited"));
  CHECK_FALSE(wire::is_called<bank::Deposited>("Deposited"));
}

}  // namespace
