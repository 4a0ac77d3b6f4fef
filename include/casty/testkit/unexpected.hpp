/// @file
/// The failure of a test, and values as its text shows them.
///
/// Layer: testkit. May include all of core.
#pragma once

#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "casty/core/address.hpp"
#include "casty/core/duration.hpp"
#include "casty/meta/type_name.hpp"

namespace casty::testkit {

/// Something in a test is not as it should be. `what()` says what was expected, what came,
/// the seed of the system, and how much virtual time had passed.
class unexpected : public std::runtime_error {
 public:
  unexpected(std::string_view happened, std::uint64_t seed, duration after);

  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Virtual time since the start of the system.
  [[nodiscard]] duration after() const noexcept { return after_; }

 private:
  std::uint64_t seed_;
  duration after_;
};

namespace detail {

// "3 s", "1500 ms": in the largest unit that is exact.
[[nodiscard]] std::string text_of(duration span);
[[nodiscard]] std::string quoted(std::string_view text);
[[nodiscard]] std::string printed(const void* value,
                                  void (*print)(std::ostream& to, const void* value));

template <class Value>
concept printable = requires(std::ostream& to, const Value& value) { to << value; };

// The name of its type, and its value where it has a way to be printed.
template <class Value>
[[nodiscard]] std::string text_of_value(const Value& value) {
  const std::string name(meta::type_name<Value>);
  if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_enum_v<Value>) {
    return name + ' ' + std::to_string(static_cast<std::underlying_type_t<Value>>(value));
  } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    return quoted(value);
  } else if constexpr (std::is_convertible_v<const Value&, any_ref>) {
    return "the ref of " + std::string(any_ref(value).path().view());
  } else if constexpr (printable<Value>) {
    return name + ' ' + printed(&value, [](std::ostream& to, const void* at) {
             to << *static_cast<const Value*>(at);
           });
  } else {
    return name;
  }
}

}  // namespace detail

}  // namespace casty::testkit
