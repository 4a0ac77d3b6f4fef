#include "casty/wire/codec.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "casty/core/error.hpp"

// For libFuzzer: bytes of strangers decode to a value that comes back, or are refused with one of
// casty's errors.

namespace {

namespace wire = casty::wire;

enum class Colour : std::uint8_t { red, green };
struct Point {
  std::int32_t x = 0;
  std::int32_t y = 0;
};
struct Tree {
  std::int16_t value = 0;
  std::vector<Tree> children;
};
struct Everything {
  bool flag = false;
  std::uint64_t number = 0;
  double ratio = 0;
  Colour colour = Colour::red;
  std::string text;
  std::vector<Point> points;
  std::vector<std::uint32_t> numbers;
  std::map<std::string, std::vector<std::uint8_t>> by_name;
  std::optional<Point> maybe;
  std::variant<std::int32_t, std::string, Point> either;
  std::set<std::int16_t> few;
  std::vector<bool> bits;
  Tree tree;
};

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

template <class Type>
void comes_back(const Type& value) {
  wire::byte_buffer once;
  wire::encode(once, value);
  wire::byte_buffer twice;
  wire::encode(twice, wire::decode<Type>(once.view()));
  require(once.size() == twice.size() &&
          (once.size() == 0 ||
           std::memcmp(once.view().data(), twice.view().data(), once.size()) == 0));
}

template <class Decode>
void try_to(Decode decode) {
  try {
    decode();
  } catch (const casty::error& failed) {
    require(failed.code() == casty::errc::corrupt ||
            failed.code() == casty::errc::schema_mismatch);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const casty::byte_view bytes(reinterpret_cast<const std::byte*>(data), size);
  try_to([&] { comes_back(wire::decode<Everything>(bytes)); });
  try_to([&] { comes_back(wire::decode<Tree>(bytes)); });
  // A layout that a stranger names, of which this one may be the continuation.
  const std::size_t half = size / 2;
  const std::string_view layout(reinterpret_cast<const char*>(data), half);
  try_to([&] {
    (void)wire::decode_stored<Everything>({"Everything", 1, layout}, bytes.subspan(half));
  });
  (void)wire::extends(layout, layout.substr(layout.size() / 2));
  try_to([&] {
    (void)wire::decode_stored<Everything>({"Everything", 1, "Everything/1{bool,u64}"}, bytes);
  });
  return 0;
}
