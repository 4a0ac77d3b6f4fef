/// @file
/// A callable whose type is forgotten, shared by its copies.
///
/// Layer: core.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "casty/core/envelope.hpp"

namespace casty::detail {

template <class Signature>
class shared_function;

// One pooled block, however often it is copied. `<functional>` would cost each user of
// `casty/actor.hpp` as much as all of casty does.
// Threads: copies may be made and destroyed by distinct threads.
template <class Result, class... Arguments>
class shared_function<Result(Arguments...)> {
 public:
  constexpr shared_function() noexcept = default;

  template <class Callable>
    requires(!std::is_same_v<Callable, shared_function> &&
             std::is_invocable_r_v<Result, const Callable&, Arguments...>)
  explicit shared_function(Callable callable) {
    block_guard guard(allocate_block(sizeof(held<Callable>)), sizeof(held<Callable>));
    head_ = ::new (guard.block) held<Callable>{
        {1, &held<Callable>::call, &held<Callable>::destroy}, std::move(callable)};
    guard.block = nullptr;
  }
  shared_function(const shared_function& other) noexcept : head_(other.head_) {
    if (head_ != nullptr) {
      __atomic_fetch_add(&head_->claims, 1, __ATOMIC_RELAXED);
    }
  }
  shared_function(shared_function&& other) noexcept
      : head_(std::exchange(other.head_, nullptr)) {}
  shared_function& operator=(shared_function other) noexcept {
    std::swap(head_, other.head_);
    return *this;
  }
  ~shared_function() {
    if (head_ != nullptr && __atomic_fetch_sub(&head_->claims, 1, __ATOMIC_ACQ_REL) == 1) {
      head_->destroy(head_);
    }
  }

  [[nodiscard]] explicit operator bool() const noexcept { return head_ != nullptr; }
  Result operator()(Arguments... arguments) const {
    return head_->call(head_, static_cast<Arguments&&>(arguments)...);
  }

 private:
  struct head {
    std::uint32_t claims;
    Result (*call)(const head* self, Arguments... arguments);
    void (*destroy)(head* self) noexcept;
  };
  template <class Callable>
  struct held : head {
    Callable callable;

    static Result call(const head* self, Arguments... arguments) {
      return static_cast<const held*>(self)->callable(static_cast<Arguments&&>(arguments)...);
    }
    static void destroy(head* self) noexcept {
      static_cast<held*>(self)->~held();
      free_block(self, sizeof(held));
    }
  };

  head* head_ = nullptr;
};

}  // namespace casty::detail
