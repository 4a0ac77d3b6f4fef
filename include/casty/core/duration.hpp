/// @file
/// A length of time in nanoseconds, made from any std::chrono duration.
///
/// Layer: core. Does not include `<chrono>`, which alone would cost more than the
/// rest of `casty/actor.hpp`.
#pragma once

#include <compare>
#include <cstdint>

namespace casty {

namespace detail {

template <class Type>
concept chrono_like = requires(const Type& value) {
  typename Type::rep;
  Type::period::num;
  Type::period::den;
  value.count();
};

}  // namespace detail

/// A length of time, or a point on a monotonic clock. Resolution 1 ns, range ± 292
/// years; what lies outside saturates.
class duration {
 public:
  constexpr duration() noexcept = default;

  /// From any std::chrono duration: `5s`, `200ms`.
  template <detail::chrono_like Chrono>
  constexpr duration(const Chrono& value) noexcept
      : nanoseconds_(saturated(static_cast<long double>(value.count()) *
                               (1e9L * Chrono::period::num / Chrono::period::den))) {}

  [[nodiscard]] static constexpr duration nanoseconds(std::int64_t count) noexcept {
    duration made;
    made.nanoseconds_ = count;
    return made;
  }
  [[nodiscard]] static constexpr duration milliseconds(std::int64_t count) noexcept {
    return nanoseconds(saturated(static_cast<long double>(count) * 1e6L));
  }
  [[nodiscard]] static constexpr duration seconds(std::int64_t count) noexcept {
    return nanoseconds(saturated(static_cast<long double>(count) * 1e9L));
  }
  [[nodiscard]] static constexpr duration max() noexcept { return nanoseconds(INT64_MAX); }

  /// Nanoseconds.
  [[nodiscard]] constexpr std::int64_t count() const noexcept { return nanoseconds_; }

  friend constexpr auto operator<=>(const duration&, const duration&) noexcept = default;

  friend constexpr duration operator+(duration left, duration right) noexcept {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left.nanoseconds_, right.nanoseconds_, &sum)) {
      return right.nanoseconds_ > 0 ? max() : nanoseconds(INT64_MIN);
    }
    return nanoseconds(sum);
  }
  friend constexpr duration operator-(duration left, duration right) noexcept {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(left.nanoseconds_, right.nanoseconds_, &difference)) {
      return right.nanoseconds_ < 0 ? max() : nanoseconds(INT64_MIN);
    }
    return nanoseconds(difference);
  }

 private:
  static constexpr std::int64_t saturated(long double value) noexcept {
    if (value >= 9223372036854775807.0L) {
      return INT64_MAX;
    }
    return value <= -9223372036854775808.0L ? INT64_MIN : static_cast<std::int64_t>(value);
  }

  std::int64_t nanoseconds_ = 0;
};

}  // namespace casty
