#include "casty/wire/bytes.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "casty/core/error.hpp"

namespace {

namespace wire = casty::wire;

static_assert(wire::portable_number<std::uint64_t>);
static_assert(wire::portable_number<bool>);
static_assert(!wire::portable_number<long double>);
static_assert(!wire::portable_number<wchar_t>);

TEST_CASE("wire/bytes: any number as a varint comes back, in as few bytes as it needs") {
  rc::check([](std::uint64_t number, std::uint8_t shift) {
    number >>= shift % 64;
    wire::byte_buffer buffer;
    buffer.append_varint(number);
    std::size_t needed = 1;
    for (std::uint64_t rest = number >> 7; rest != 0; rest >>= 7) {
      ++needed;
    }
    RC_ASSERT(buffer.size() == needed);
    wire::byte_reader reader(buffer.view());
    RC_ASSERT(reader.read_varint() == number);
    RC_ASSERT(reader.left() == 0U);
  });
}

TEST_CASE("wire/bytes: the greatest number takes ten bytes, and one more bit is refused") {
  wire::byte_buffer buffer;
  buffer.append_varint(UINT64_MAX);
  CHECK(buffer.size() == 10);
  CHECK(wire::byte_reader(buffer.view()).read_varint() == UINT64_MAX);

  std::vector<unsigned char> more(9, 0xFF);
  more.push_back(0x02);
  wire::byte_reader reader(std::as_bytes(std::span(more)));
  CHECK_THROWS_WITH_AS((void)reader.read_varint(),
                       "casty: corrupt: a varint of more than 64 bits, at byte 10 of 10",
                       casty::error);
}

TEST_CASE("wire/bytes: a buffer grows, forgets, and is moved") {
  wire::byte_buffer buffer;
  CHECK(buffer.view().empty());
  const std::string much(10'000, 'x');
  buffer.append("ab", 2);
  buffer.append(much.data(), much.size());
  buffer.append(nullptr, 0);
  CHECK(buffer.size() == 10'002);
  buffer.truncate(1);
  CHECK(buffer.size() == 1);

  wire::byte_buffer other(std::move(buffer));
  CHECK(other.size() == 1);
  wire::byte_buffer third;
  third = std::move(other);
  CHECK(std::to_integer<char>(third.view()[0]) == 'a');
  third.clear();
  CHECK(third.view().empty());
}

TEST_CASE("wire/bytes: numbers of any alignment, each at its place") {
  wire::byte_buffer buffer;
  buffer.append_number(std::uint8_t{1});
  buffer.append_number(std::int64_t{-5});
  buffer.append_number(0.25F);
  wire::byte_reader reader(buffer.view());
  CHECK(reader.read_number<std::uint8_t>() == 1);
  CHECK(reader.position() == 1);
  CHECK(reader.read_number<std::int64_t>() == -5);
  CHECK(reader.read_number<float>() == 0.25F);
  CHECK_THROWS_AS((void)reader.read_number<char>(), casty::error);
}

}  // namespace
