#include "casty/wire/codec.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"

// The same event as four releases of a program have known it.
namespace one {
struct Deposited {
  std::int64_t cents = 0;
};
}  // namespace one
namespace two {
struct Note {
  std::string text;
};
struct Deposited {
  std::int64_t cents = 0;
  std::string teller = "unknown";  // added
  std::vector<Note> notes;
};
}  // namespace two
namespace three {
struct Note {
  std::string text;
  bool is_public = true;  // added
};
struct Deposited {
  std::int64_t cents = 0;
  std::string teller = "unknown";
  std::vector<Note> notes;
};
}  // namespace three
namespace four {
struct Deposited {
  double euros = 0;  // another layout: version 2
  std::string teller;
};
}  // namespace four

template <>
struct casty::schema<one::Deposited> {
  static constexpr std::string_view name = "Deposited";
};
template <>
struct casty::schema<two::Deposited> {
  static constexpr std::string_view name = "Deposited";
};
template <>
struct casty::schema<three::Deposited> {
  static constexpr std::string_view name = "Deposited";
};
template <>
struct casty::schema<four::Deposited> {
  static constexpr std::string_view name = "Paid in";
  static constexpr std::uint32_t version = 2;
  static constexpr std::string_view former_names[] = {"Deposited"};
  static four::Deposited upcast(const three::Deposited& older) {
    return {static_cast<double>(older.cents) / 100, older.teller};
  }
};

namespace {

namespace wire = casty::wire;

template <class Newer, class Older>
[[nodiscard]] Newer read_as(const Older& older) {
  wire::byte_buffer buffer;
  wire::encode(buffer, older);
  REQUIRE(wire::is_called<Newer>(wire::label_of<Older>.name));
  return wire::decode_stored<Newer>(wire::label_of<Older>, buffer.view());
}
template <class Newer, class Older>
[[nodiscard]] std::string refusal(const Older& older) {
  try {
    (void)read_as<Newer>(older);
  } catch (const casty::error& failed) {
    return failed.what();
  }
  return {};
}

TEST_CASE("wire/codec: bytes without the fields added since are read, with their defaults") {
  const auto read = read_as<two::Deposited>(one::Deposited{500});
  CHECK(read.cents == 500);
  CHECK(read.teller == "unknown");

  const auto within = read_as<three::Deposited>(two::Deposited{500, "Ann", {{"a"}, {"b"}}});
  CHECK(within.teller == "Ann");
  REQUIRE(within.notes.size() == 2);
  CHECK(within.notes[1].text == "b");
  CHECK(within.notes[1].is_public);
}

TEST_CASE("wire/codec: an upcaster reads a lower version, of all its layouts") {
  CHECK(read_as<four::Deposited>(three::Deposited{250, "Bob", {}}).euros == 2.5);
  CHECK(read_as<four::Deposited>(one::Deposited{250}).teller == "unknown");
}

TEST_CASE("wire/codec: what cannot be read says both layouts") {
  CHECK(refusal<one::Deposited>(two::Deposited{}) ==
        "casty: schema_mismatch: Deposited/1{i64,text,list<two::Note/1{text}>} cannot be read as "
        "Deposited/1{i64}");
  wire::byte_buffer buffer;
  wire::encode(buffer, four::Deposited{});
  CHECK_THROWS_WITH_AS(
      (void)wire::decode_stored<one::Deposited>(wire::label_of<four::Deposited>, buffer.view()),
      "casty: schema_mismatch: Paid in of version 2, known are up to 1", casty::error);
}

TEST_CASE("wire/codec: bytes of today's layout lack nothing") {
  wire::byte_buffer buffer;
  wire::encode(buffer, one::Deposited{1});
  CHECK_THROWS_AS(
      (void)wire::decode_stored<two::Deposited>(wire::label_of<two::Deposited>, buffer.view()),
      casty::error);
}

}  // namespace
