#include "casty/wire/description.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include <boost/hana/define_struct.hpp>
#include <doctest/doctest.h>

namespace bank {

enum class Kind : std::uint16_t { debit, credit };
struct Amount {
  std::int64_t cents = 0;
};
struct Entry {
  bool booked = false;
  char letter = 'a';
  Kind kind = Kind::debit;
  Amount amount;
  std::string text;
  std::vector<std::uint8_t> raw;
  std::optional<double> rate;
  std::map<std::string, Amount> by_name;
  std::unordered_map<int, float> more;
  std::set<std::int16_t> days;
  std::variant<std::monostate, Amount> either;
  std::tuple<std::uint32_t, std::uint64_t> two;
  std::array<std::int8_t, 3> three = {};
  std::chrono::milliseconds waited{};
};
struct Tree {
  std::unique_ptr<Tree> left;
  std::vector<Tree> rest;
};
struct Named {
  BOOST_HANA_DEFINE_STRUCT(Named, (int, amount), (std::string, note));
};
class Custom {
 public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }

 private:
  int value_ = 0;
};
struct Empty {};

}  // namespace bank

template <>
struct casty::schema<bank::Custom> {
  static constexpr std::uint32_t version = 3;
};

namespace {

namespace wire = casty::wire;

static_assert(wire::description_of<bank::Entry> ==
              "bank::Entry/1{bool,char,enum<u16>,bank::Amount/1{i64},text,list<u8>,optional<f64>,"
              "map<text,bank::Amount/1{i64}>,map<i32,f32>,set<i16>,"
              "variant<nothing,bank::Amount/1{i64}>,tuple<u32,u64>,array<i8,3>,"
              "duration<i64,1,1000>}");
static_assert(wire::description_of<bank::Tree> ==
              "bank::Tree/1{pointer<bank::Tree/1^>,list<bank::Tree/1^>}");
static_assert(wire::description_of<bank::Named> == "bank::Named/1{amount=i32,note=text}");
static_assert(wire::description_of<bank::Custom> == "bank::Custom/3*");
static_assert(wire::description_of<bank::Empty> == "bank::Empty/1{}");

// Of the day when it was written: journals hold them.
static_assert(wire::fingerprint_of_text("") == 0xCBF29CE484222325U);
static_assert(wire::fingerprint_of_text("a") == 0xAF63DC4C8601EC8CU);
static_assert(wire::fingerprint_of<bank::Amount> ==
              wire::fingerprint_of_text("bank::Amount/1{i64}"));

TEST_CASE("wire/description: fields may be added at the end of structs, and nothing else") {
  using wire::extends;
  CHECK(extends("A/1{i64,text}", "A/1{i64,text}"));
  CHECK(extends("A/1{i64,text}", "A/1{i64}"));
  CHECK(extends("A/1{i64,text}", "A/1{}"));
  CHECK(extends("A/1{list<B/1{i8,u8}>,map<text,C/2{i8,D/1{i16}}>}",
                "A/1{list<B/1{i8}>,map<text,C/2{i8}>}"));
  CHECK(extends("A/1{B/1{}}", "A/1{}"));
  CHECK(extends("New/1{i64,text}", "Old/1{i64}"));  // the name is looked at elsewhere
  CHECK(extends("list<B/1{i8,u8}>", "list<B/1{i8}>"));

  CHECK_FALSE(extends("A/1{i64}", "A/1{i64,text}"));
  CHECK_FALSE(extends("A/1{text,i64}", "A/1{i64}"));
  CHECK_FALSE(extends("A/1{i32,text}", "A/1{i64}"));
  CHECK_FALSE(extends("A/2{i64}", "A/1{i64}"));
  CHECK_FALSE(extends("A/1{B/2{i64}}", "A/1{B/1{i64}}"));
  CHECK_FALSE(extends("A/1*", "A/1{i64}"));
  CHECK_FALSE(extends("A/1{list<i64>}", "A/1{list<i32>}"));
  CHECK_FALSE(extends("A/1{tuple<i64,i64>}", "A/1{tuple<i64>}"));
  CHECK_FALSE(extends("A/1{note=text,amount=i32}", "A/1{amount=i32}"));
  CHECK_FALSE(extends("A/1{array<i8,4>}", "A/1{array<i8,3>}"));
  CHECK_FALSE(extends("A/1{i64}", "A/1{i64}}"));
  CHECK_FALSE(extends("A/1{i64}", ""));
  CHECK_FALSE(extends("", "A/1{i64}"));
}

}  // namespace
