/// @file
/// A coroutine of an actor: a handler that waits without holding a thread.
///
/// Layer: core.
#pragma once

#include <coroutine>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "casty/core/envelope.hpp"

namespace casty {

namespace detail {

// Has `handle` resumed by the actor that runs now, before it takes another message. No
// symmetric transfer: it overflows the stack in unoptimised builds.
void resume_soon(std::coroutine_handle<> handle) noexcept;
// Takes that back, before a suspended frame is destroyed.
void forget_resume(std::coroutine_handle<> handle) noexcept;

// Frames come from the pool of blocks, which knows no size of its own: it goes first.
[[nodiscard]] inline void* allocate_frame(std::size_t bytes) {
  const auto whole = static_cast<std::uint32_t>(bytes + block_unit);
  auto* block = static_cast<unsigned char*>(allocate_block(whole));
  ::new (static_cast<void*>(block)) std::uint32_t(whole);
  return block + block_unit;
}

inline void free_frame(void* frame) noexcept {
  auto* block = static_cast<unsigned char*>(frame) - block_unit;
  free_block(block, *std::launder(reinterpret_cast<std::uint32_t*>(block)));
}

struct task_promise_base {
  struct final_awaiter {
    final_awaiter() noexcept {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> done) const noexcept {
      if (done.promise().continuation) {
        resume_soon(done.promise().continuation);
      }
    }
    void await_resume() const noexcept {}
  };

  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame) noexcept { free_frame(frame); }

  [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
  [[nodiscard]] final_awaiter final_suspend() const noexcept { return final_awaiter(); }
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  std::coroutine_handle<> continuation;
  std::exception_ptr failure;
};

template <class Value>
struct task_promise : task_promise_base {
  task_promise() noexcept {}
  task_promise(const task_promise&) = delete;
  task_promise& operator=(const task_promise&) = delete;
  ~task_promise() {
    if (holds) {
      value.~Value();
    }
  }

  [[nodiscard]] auto get_return_object() noexcept;

  template <class Other>
    requires std::is_convertible_v<Other, Value>
  void return_value(Other&& other) {
    ::new (static_cast<void*>(&value)) Value(std::forward<Other>(other));
    holds = true;
  }
  [[nodiscard]] Value take() {
    if (failure) {
      std::rethrow_exception(failure);
    }
    return std::move(value);
  }

  union {
    Value value;
  };
  bool holds = false;
};

template <>
struct task_promise<void> : task_promise_base {
  [[nodiscard]] auto get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
};

}  // namespace detail

/// A coroutine that runs within an actor: it starts at once and, wherever it waits, the
/// actor waits with it and takes no other message, while its thread serves others.
///
/// A handler returns `task<behavior<P>>`; a helper may return a task of anything, to be
/// awaited by a handler. Destroying a task that is suspended destroys its locals.
///
/// @tparam Value  What it gives; `void` for nothing.
/// @cost          Its frame is a pooled block: no allocation in the steady state.
/// @thread        To be awaited in the actor that made it.
template <class Value>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<Value>;

  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) {
      if (!frame_.done()) {
        detail::forget_resume(frame_);
      }
      frame_.destroy();
    }
  }

  /// True once it has ended, by a value or an exception.
  [[nodiscard]] bool done() const noexcept { return frame_.done(); }

  /// What it gave. Only once it is done.
  /// @throws  Whatever the coroutine threw.
  Value take() { return frame_.promise().take(); }

  class awaiter {
   public:
    explicit awaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    [[nodiscard]] bool await_ready() const noexcept { return frame_.done(); }
    void await_suspend(std::coroutine_handle<> waiting) const noexcept {
      frame_.promise().continuation = waiting;
    }
    Value await_resume() const { return frame_.promise().take(); }

   private:
    std::coroutine_handle<promise_type> frame_;
  };

  [[nodiscard]] awaiter operator co_await() const& noexcept { return awaiter(frame_); }
  [[nodiscard]] awaiter operator co_await() && noexcept { return awaiter(frame_); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class Value>
auto task_promise<Value>::get_return_object() noexcept {
  return task<Value>(std::coroutine_handle<task_promise>::from_promise(*this));
}

inline auto task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

template <class Type>
inline constexpr bool is_task = false;

template <class Value>
inline constexpr bool is_task<task<Value>> = true;

}  // namespace detail

}  // namespace casty
