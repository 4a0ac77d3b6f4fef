/// @file
/// A behavior: what an actor does with its next message, as one value.
///
/// Layer: core.
#pragma once

#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "casty/core/envelope.hpp"
#include "casty/core/outcome.hpp"
#include "casty/core/protocol.hpp"

namespace casty {

template <class Protocol>
class behavior;

namespace detail {

// What a handler leaves to the runtime. The first four are those of `outcome`.
// `forwarded`: the envelope is another actor's now.
enum class step : std::uint8_t {
  same,
  stopped,
  unhandled,
  restart,
  ignored,
  suspended,
  forwarded,
};

using handle_message = step (*)(cell* self, void* closure, envelope* sealed);

class behavior_base;
struct layer_operations;

// What a closure can do; the handlers, one a message of the protocol, follow it in memory.
struct behavior_operations {
  void (*relocate)(void* from, void* to) noexcept;  // null: by its bytes
  void (*destroy)(void* slot) noexcept;             // null: nothing to do
  void (*clone)(const void* from, void* to);        // null: its captures cannot be copied
  const layer_operations* layer;                    // null: serves messages itself

  [[nodiscard]] const handle_message* handlers() const noexcept {
    return reinterpret_cast<const handle_message*>(this + 1);
  }
};

// Closures up to this size live in the behavior itself, and so in the actor's cell;
// larger ones in a pooled block.
inline constexpr unsigned slot_bytes = 48;

// Not a template, so that the runtime moves behaviors of any protocol.
class behavior_base {
 public:
  explicit behavior_base(outcome made) noexcept : operations_(nullptr) {
    slot_[0] = static_cast<unsigned char>(made);
  }
  behavior_base(behavior_base&& other) noexcept : operations_(other.operations_) {
    relocate_from(other);
  }
  behavior_base(const behavior_base& other) : operations_(nullptr) { clone_from(other); }
  behavior_base& operator=(behavior_base&& other) noexcept {
    if (this != &other) {
      reset();
      operations_ = other.operations_;
      relocate_from(other);
    }
    return *this;
  }
  behavior_base& operator=(const behavior_base& other) {
    return *this = behavior_base(other);
  }
  ~behavior_base() { reset(); }

  [[nodiscard]] const behavior_operations* operations() const noexcept { return operations_; }
  [[nodiscard]] void* slot() noexcept { return slot_; }
  [[nodiscard]] const void* slot() const noexcept { return slot_; }
  [[nodiscard]] outcome as_outcome() const noexcept { return static_cast<outcome>(slot_[0]); }

  // Leaves the slot to somebody who has taken the closure out of it.
  void release() noexcept { operations_ = nullptr; }

 protected:
  behavior_base() noexcept : operations_(nullptr) {}

  const behavior_operations* operations_;
  alignas(8) unsigned char slot_[slot_bytes];

 private:
  void relocate_from(behavior_base& other) noexcept {
    if (operations_ == nullptr || operations_->relocate == nullptr) {
      std::memcpy(slot_, other.slot_, slot_bytes);
    } else {
      operations_->relocate(other.slot_, slot_);
    }
    if (other.operations_ != nullptr) {
      other.operations_ = nullptr;
      other.slot_[0] = static_cast<unsigned char>(outcome::same);
    }
  }
  void clone_from(const behavior_base& other);
  void reset() noexcept {
    if (operations_ != nullptr && operations_->destroy != nullptr) {
      operations_->destroy(slot_);
    }
    operations_ = nullptr;
  }
};

// How a closure is kept: in the slot, or boxed in a pooled block that the slot points to.
template <class Closure>
struct kept {
  static_assert(alignof(Closure) <= block_unit,
                "casty::behavior: a captured value is aligned to more than 64 bytes; keep it "
                "behind a pointer");
  static constexpr bool boxed = sizeof(Closure) > slot_bytes || alignof(Closure) > 8 ||
                                !std::is_nothrow_move_constructible_v<Closure>;
  static constexpr bool by_bytes = boxed || std::is_trivially_copyable_v<Closure>;

  [[nodiscard, gnu::always_inline]] static Closure& in(void* slot) noexcept {
    if constexpr (boxed) {
      return **__builtin_launder(static_cast<Closure**>(slot));
    } else {
      return *__builtin_launder(static_cast<Closure*>(slot));
    }
  }
  template <class... From>
  [[gnu::always_inline]] static void construct(void* slot, From&&... from) {
    if constexpr (boxed) {
      block_guard guard(allocate_block(sizeof(Closure)), sizeof(Closure));
      auto* made = ::new (guard.block) Closure{static_cast<From&&>(from)...};
      guard.block = nullptr;
      ::new (slot) Closure*(made);
    } else {
      ::new (slot) Closure{static_cast<From&&>(from)...};
    }
  }
  static void destroy(void* slot) noexcept {
    Closure& closure = in(slot);
    closure.~Closure();
    if constexpr (boxed) {
      free_block(&closure, sizeof(Closure));
    }
  }
  static void relocate(void* from, void* to) noexcept {
    if constexpr (!boxed) {
      Closure& closure = in(from);
      ::new (to) Closure(std::move(closure));
      closure.~Closure();
    }
  }
  static void clone(const void* from, void* to) {
    if constexpr (std::is_copy_constructible_v<Closure>) {
      const Closure& original = in(const_cast<void*>(from));
      construct(to, original);
    }
  }

  static constexpr behavior_operations operations(
      const layer_operations* layer = nullptr) {
    return {by_bytes ? nullptr : &relocate,
            !boxed && std::is_trivially_destructible_v<Closure> ? nullptr : &destroy,
            std::is_copy_constructible_v<Closure> ? &clone : nullptr, layer};
  }
};

// Puts `next` in place of the behavior of `self`, when it is of another closure type.
step become(cell* self, behavior_base& next);

// Where a closure of the actor's own type lives: its behavior, and so the actor, changes.
template <class Closure>
void replace(void* slot, void* by) noexcept {
  using keeper = kept<Closure>;
  if constexpr (keeper::boxed) {
    auto* fresh = *static_cast<Closure**>(by);
    keeper::destroy(slot);
    ::new (slot) Closure*(fresh);
  } else if constexpr (keeper::by_bytes) {
    std::memcpy(slot, by, sizeof(Closure));
  } else {
    keeper::destroy(slot);
    keeper::relocate(by, slot);
  }
}

struct behavior_access;

}  // namespace detail

/// What an actor of `Protocol` does with its next message. A value: closures over state,
/// made by the functions in `casty::behaviors`, returned by handlers.
///
/// @tparam Protocol  What the actor accepts.
/// @cost             Captures up to 48 bytes are kept inside; larger ones in one pooled block.
template <class Protocol>
class behavior : public detail::behavior_base {
 public:
  /// `behaviors::same` and its like, where a handler returns a behavior.
  behavior(outcome made) noexcept : behavior_base(made) {}

  /// @throws  `casty::error` of `errc::not_copyable` when its captures cannot be copied.
  behavior(const behavior& other) = default;
  behavior(behavior&& other) noexcept = default;
  behavior& operator=(const behavior& other) = default;
  behavior& operator=(behavior&& other) noexcept = default;
  ~behavior() = default;

 private:
  friend detail::behavior_access;
  behavior() noexcept = default;
};

namespace detail {

struct behavior_access {
  template <class Protocol, class Closure, class... From>
  [[nodiscard, gnu::always_inline]] static behavior<Protocol> make(
      const behavior_operations& operations, From&&... from) {
    behavior<Protocol> made;
    kept<Closure>::construct(made.slot_, static_cast<From&&>(from)...);
    made.operations_ = &operations;
    return made;
  }
  // For one whose messages are the same as far as anybody sends them.
  template <class Protocol>
  [[nodiscard]] static behavior<Protocol> retype(behavior_base&& from) noexcept {
    behavior<Protocol> made;
    static_cast<behavior_base&>(made) = static_cast<behavior_base&&>(from);
    return made;
  }
};

}  // namespace detail

}  // namespace casty
