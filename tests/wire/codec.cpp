#include "casty/wire/codec.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <boost/hana/adapt_struct.hpp>
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "casty/core/error.hpp"

namespace {

using casty::errc;
namespace wire = casty::wire;

struct Point {
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};
enum class Colour : std::uint8_t { red = 1, green };
struct Empty {
  friend bool operator==(const Empty&, const Empty&) = default;
};
struct Everything {
  bool flag = false;
  std::int64_t number = 0;
  double ratio = 0;
  Colour colour = Colour::red;
  std::string text;
  std::vector<Point> points;
  std::vector<std::uint16_t> shorts;
  std::map<std::string, std::vector<std::uint8_t>> by_name;
  std::optional<Point> maybe;
  std::variant<std::int32_t, std::string> either;
  std::pair<Point, Empty> both;
  std::set<std::int32_t> few;
  std::vector<bool> bits;
  friend bool operator==(const Everything&, const Everything&) = default;
};
struct Tree {
  std::int32_t value = 0;
  std::vector<Tree> children;
  friend bool operator==(const Tree&, const Tree&) = default;
};
struct Owned {
  std::unique_ptr<std::string> text;
};

// With functions for cereal of its own.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::uint32_t value) : value_(value) {}
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::uint32_t value_ = 0;
};

// Hold themselves, and nothing.
class Chained {
 public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(next));
  }
  std::unique_ptr<Chained> next;
};
struct Shared {
  std::shared_ptr<Shared> next;
};
class Silent {
 public:
  template <class Archive>
  void serialize(Archive&) {}
  friend bool operator<(const Silent&, const Silent&) { return false; }
};

// No aggregate, but adapted.
class Adapted {
 public:
  Adapted() = default;
  explicit Adapted(std::int32_t of) : amount(of), note("noted") {}
  std::int32_t amount = 0;
  std::string note;
};

}  // namespace

BOOST_HANA_ADAPT_STRUCT(Adapted, amount, note);

namespace {

template <class Type>
[[nodiscard]] std::vector<unsigned> bytes_of(const Type& value) {
  wire::byte_buffer buffer;
  wire::encode(buffer, value);
  std::vector<unsigned> bytes;
  for (const std::byte each : buffer.view()) {
    bytes.push_back(std::to_integer<unsigned>(each));
  }
  return bytes;
}
template <class Type>
[[nodiscard]] Type again(const Type& value) {
  wire::byte_buffer buffer;
  wire::encode(buffer, value);
  return wire::decode<Type>(buffer.view());
}
template <class Type>
[[nodiscard]] errc refusal(const std::vector<unsigned char>& bytes) {
  try {
    (void)wire::decode<Type>(std::as_bytes(std::span(bytes)));
  } catch (const casty::error& failed) {
    return failed.code();
  }
  return errc{};
}

using bytes = std::vector<unsigned>;

TEST_CASE("wire/codec: little-endian numbers, sizes as varints, fields after their number") {
  CHECK(bytes_of(Point{1, -2}) == bytes{2, 1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF});
  CHECK(bytes_of(std::string("ab")) == bytes{2, 'a', 'b'});
  CHECK(bytes_of(std::vector<std::uint16_t>{0x0102}) == bytes{1, 2, 1});
  CHECK(bytes_of(Colour::green) == bytes{2});
  CHECK(bytes_of(Empty{}) == bytes{0});
  CHECK(bytes_of(std::string(300, 'x')).size() == 302);
  CHECK(bytes_of(Secret(7)) == bytes{7, 0, 0, 0});
  CHECK(bytes_of(Adapted(3)) == bytes{2, 3, 0, 0, 0, 5, 'n', 'o', 't', 'e', 'd'});
}

TEST_CASE("wire/codec: what was encoded is decoded") {
  Everything all;
  all.flag = true;
  all.number = std::numeric_limits<std::int64_t>::min();
  all.ratio = -0.1;
  all.colour = Colour::green;
  all.text = std::string("with\0zero", 9);
  all.points = {{1, 2}, {3, 4}};
  all.shorts = {1, 65535};
  all.by_name = {{"a", {1, 2, 3}}, {"", {}}};
  all.maybe = Point{5, 6};
  all.either = std::string("or");
  all.both = {Point{7, 8}, Empty{}};
  all.few = {-1, 0, 1};
  all.bits = {true, false, true};
  CHECK(again(all) == all);
  CHECK(again(Everything{}) == Everything{});
  CHECK(again(Secret(9)) == Secret(9));
  CHECK(again(Adapted(4)).note == "noted");
  CHECK(again(Tree{1, {{2, {}}, {3, {{4, {}}}}}}) == Tree{1, {{2, {}}, {3, {{4, {}}}}}});
  wire::byte_buffer buffer;
  wire::encode(buffer, Owned{std::make_unique<std::string>("kept")});
  CHECK(*wire::decode<Owned>(buffer.view()).text == "kept");
}

TEST_CASE("wire/codec: any value comes back") {
  rc::check([](const std::vector<std::string>& texts, const std::map<int, double>& numbers,
               const std::vector<std::uint64_t>& longs) {
    RC_ASSERT(again(texts) == texts);
    RC_ASSERT(again(numbers) == numbers);
    RC_ASSERT(again(longs) == longs);
  });
}

TEST_CASE("wire/codec: a value cut short anywhere, or with more behind, is refused") {
  Everything all;
  all.text = "text";
  all.points = {{1, 2}};
  all.by_name = {{"a", {1}}};
  wire::byte_buffer buffer;
  wire::encode(buffer, all);
  const auto* first = reinterpret_cast<const unsigned char*>(buffer.view().data());
  const std::vector<unsigned char> whole(first, first + buffer.size());

  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal<Everything>({whole.begin(), whole.begin() + static_cast<long>(length)}) ==
          errc::corrupt);
  }
  std::vector<unsigned char> longer = whole;
  longer.push_back(0);
  CHECK(refusal<Everything>(longer) == errc::corrupt);
}

TEST_CASE("wire/codec: sizes on a stranger's word take no memory") {
  CHECK(refusal<std::string>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}) == errc::corrupt);
  CHECK(refusal<std::vector<std::uint64_t>>({3, 1, 2, 3}) == errc::corrupt);
  CHECK(refusal<std::vector<std::string>>({0xFF, 0xFF, 0xFF, 0xFF, 0x7F}) == errc::corrupt);
  CHECK(refusal<std::unordered_map<std::string, int>>({0xFF, 0xFF, 0x7F}) == errc::corrupt);
  CHECK(refusal<std::optional<Point>>({2}) == errc::corrupt);
  CHECK(refusal<std::variant<int, std::string>>({9, 0, 0, 0}) == errc::corrupt);
  CHECK(refusal<bool>({2}) == errc::corrupt);
  // Varints that are too long, or longer than they need be.
  CHECK(refusal<std::string>({0x80, 0x00}) == errc::corrupt);
  CHECK(refusal<std::string>({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}) ==
        errc::corrupt);
}

TEST_CASE("wire/codec: what is nested too deep is refused by both sides") {
  Tree tree;
  for (unsigned depth = 1; depth < wire::nesting_max; ++depth) {
    Tree above;
    above.children.push_back(std::move(tree));
    tree = std::move(above);
  }
  CHECK(again(tree) == tree);

  Tree above;
  above.children.push_back(std::move(tree));
  wire::byte_buffer buffer;
  buffer.append_number<char>('!');
  CHECK_THROWS_WITH_AS(wire::encode(buffer, above),
                       "casty: bad_argument: a value nested deeper than 128 structs",
                       casty::error);
  CHECK(buffer.size() == 1);

  std::vector<unsigned char> deep;
  for (int each = 0; each < 100'000; ++each) {
    deep.insert(deep.end(), {2, 0, 0, 0, 0, 1});
  }
  CHECK(refusal<Tree>(deep) == errc::corrupt);
}

TEST_CASE("wire/codec: structs with functions of their own are counted as deep as others") {
  const auto chain = [](unsigned length) {
    Chained last;
    for (unsigned depth = 1; depth < length; ++depth) {
      Chained above;
      above.next = std::make_unique<Chained>(std::move(last));
      last = std::move(above);
    }
    return last;
  };
  wire::byte_buffer buffer;
  wire::encode(buffer, chain(wire::nesting_max));
  CHECK(wire::decode<Chained>(buffer.view()).next != nullptr);
  CHECK_THROWS_AS(wire::encode(buffer, chain(wire::nesting_max + 1)), casty::error);
  CHECK(refusal<Chained>(std::vector<unsigned char>(1'000'000, 1)) == errc::corrupt);

  auto shared = std::make_shared<Shared>();
  for (unsigned depth = 1; depth < wire::nesting_max; ++depth) {
    shared = std::make_shared<Shared>(Shared{std::move(shared)});
  }
  buffer.clear();
  wire::encode(buffer, *shared);
  CHECK(wire::decode<Shared>(buffer.view()).next != nullptr);
}

TEST_CASE("wire/codec: a list of what takes no byte is written by nobody, for nobody reads it") {
  wire::byte_buffer buffer;
  CHECK_THROWS_WITH_AS(wire::encode(buffer, std::vector<Silent>(3)),
                       "casty: bad_argument: a list of elements that take no byte", casty::error);
  CHECK_THROWS_AS(wire::encode(buffer, std::deque<Silent>(1)), casty::error);
  CHECK_THROWS_AS(wire::encode(buffer, std::set<Silent>{Silent{}}), casty::error);
  CHECK_THROWS_AS(wire::encode(buffer, std::multiset<Silent>{Silent{}, Silent{}}), casty::error);
  CHECK_THROWS_AS(wire::encode(buffer, std::map<Silent, Silent>{{Silent{}, Silent{}}}),
                  casty::error);
  CHECK(buffer.size() == 0);
  wire::encode(buffer, std::vector<Silent>());
  CHECK(wire::decode<std::vector<Silent>>(buffer.view()).empty());
}

TEST_CASE("wire/codec: a bool in an array is 0 or 1, as any other") {
  const std::byte good[] = {std::byte{1}, std::byte{0}};
  CHECK(wire::decode<std::array<bool, 2>>(good) == std::array<bool, 2>{true, false});
  const std::byte bad[] = {std::byte{1}, std::byte{7}};
  CHECK_THROWS_AS(((void)wire::decode<std::array<bool, 2>>(bad)), casty::error);
}

TEST_CASE("wire/codec: errors say where") {
  const auto said = [](auto&& decode) {
    try {
      decode();
    } catch (const casty::error& failed) {
      return std::string(failed.what());
    }
    return std::string();
  };
  const std::byte three[] = {std::byte{3}, std::byte{0}, std::byte{0}};
  CHECK(said([&] { (void)wire::decode<Point>(three); }) ==
        "casty: corrupt: a struct of 3 fields in place of 2, at byte 1");
  CHECK(said([&] { (void)wire::decode<std::uint64_t>(three); }) ==
        "casty: corrupt: it ends too soon, at byte 0 of 3");
  CHECK(said([&] { (void)wire::decode<std::uint16_t>(three); }) ==
        "casty: corrupt: u16 ends at byte 2, 1 more follow");
}

}  // namespace
