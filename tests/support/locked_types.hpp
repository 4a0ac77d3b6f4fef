/// @file
/// Types whose layouts are checked in as `tests/wire/schema.lock`: of each kind one, so that a
/// change of descriptions or fingerprints is seen. `meson compile schema_lock` writes it anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "casty/core/protocol.hpp"
#include "casty/wire/schema.hpp"

namespace locked {

enum class Kind : std::uint8_t { one };
struct Numbers {
  bool flag = false;
  char letter = 'a';
  std::int8_t i8 = 0;
  std::uint8_t u8 = 0;
  std::int16_t i16 = 0;
  std::uint16_t u16 = 0;
  std::int32_t i32 = 0;
  std::uint32_t u32 = 0;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  long native = 0;
  long long longest = 0;
  float f32 = 0;
  double f64 = 0;
  Kind kind = Kind::one;
};
struct Containers {
  std::string text;
  std::vector<Numbers> list;
  std::map<std::string, std::optional<std::int32_t>> map;
  std::variant<std::monostate, Numbers, std::string> either;
  std::unique_ptr<std::string> owned;
  std::chrono::nanoseconds waited{};
};
struct Renamed {
  std::int64_t cents = 0;
};
struct Events : casty::protocol<Numbers, Containers> {};
struct Others : casty::protocol<Renamed, Numbers> {};

}  // namespace locked

template <>
struct casty::schema<locked::Renamed> {
  static constexpr std::string_view name = "Paid";
  static constexpr std::uint32_t version = 3;
};
