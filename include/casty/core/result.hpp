/// @file
/// A value, or the reason why there is none.
///
/// Layer: core.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "casty/core/error.hpp"

namespace casty {

/// A `Value` or an `errc`. The value may be move-only and needs no default.
///
/// @tparam Value  An object type.
template <class Value>
class [[nodiscard]] result {
 public:
  result(Value value) noexcept(std::is_nothrow_move_constructible_v<Value>)
      : value_(std::move(value)), has_value_(true) {}
  result(errc code) noexcept : error_(code), has_value_(false) {}

  result(const result& other) : error_(errc{}), has_value_(false) { construct(other); }
  result(result&& other) noexcept(std::is_nothrow_move_constructible_v<Value>)
      : error_(errc{}), has_value_(false) {
    construct(std::move(other));
  }
  result& operator=(result other) noexcept(std::is_nothrow_move_constructible_v<Value>) {
    destroy();
    construct(std::move(other));
    return *this;
  }
  ~result() { destroy(); }

  [[nodiscard]] bool has_value() const noexcept { return has_value_; }
  explicit operator bool() const noexcept { return has_value_; }

  /// The reason. Only for a result without a value; `errc{}` otherwise.
  [[nodiscard]] errc error() const noexcept { return has_value_ ? errc{} : error_; }

  /// The value.
  /// @throws  `casty::error` with the code when there is none.
  [[nodiscard]] Value& value() & {
    check();
    return value_;
  }
  [[nodiscard]] const Value& value() const& {
    check();
    return value_;
  }
  [[nodiscard]] Value&& value() && {
    check();
    return std::move(value_);
  }

  /// The value, unchecked as with `std::optional`.
  [[nodiscard]] Value& operator*() & noexcept { return value_; }
  [[nodiscard]] const Value& operator*() const& noexcept { return value_; }
  [[nodiscard]] Value&& operator*() && noexcept { return std::move(value_); }
  [[nodiscard]] Value* operator->() noexcept { return &value_; }
  [[nodiscard]] const Value* operator->() const noexcept { return &value_; }

  template <class Other>
  [[nodiscard]] Value value_or(Other&& other) const& {
    return has_value_ ? value_ : static_cast<Value>(std::forward<Other>(other));
  }
  template <class Other>
  [[nodiscard]] Value value_or(Other&& other) && {
    return has_value_ ? std::move(value_) : static_cast<Value>(std::forward<Other>(other));
  }

 private:
  void check() const {
    if (!has_value_) {
      detail::throw_error(error_);
    }
  }
  template <class Other>
  void construct(Other&& other) {
    if (other.has_value_) {
      ::new (static_cast<void*>(&value_)) Value(std::forward<Other>(other).value_);
      has_value_ = true;
    } else {
      error_ = other.error_;
      has_value_ = false;
    }
  }
  void destroy() noexcept {
    if (has_value_) {
      value_.~Value();
      has_value_ = false;
      error_ = errc::no_reply;  // until the next value is there; for good when its move throws
    }
  }

  union {
    Value value_;
    errc error_;
  };
  bool has_value_;
};

}  // namespace casty
