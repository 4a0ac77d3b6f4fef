/// @file
/// Where an actor lives: its path, and a ref without a type.
///
/// Layer: core.
#pragma once

#include <string_view>

#include "casty/core/envelope.hpp"

namespace casty {

namespace detail {

// The text of a path, counted; it outlives the actor.
struct path_text;

void retain(path_text* text) noexcept;
void release(path_text* text) noexcept;
[[nodiscard]] std::string_view view(const path_text* text) noexcept;
[[nodiscard]] path_text* path_of(const target& to);

}  // namespace detail

/// The path of an actor, as text: "/user/bank/alice". Cheap to copy, never empty; an
/// actor without a name shows its incarnation as "$7", one already gone as "/dead".
class actor_path {
 public:
  actor_path(const actor_path& other) noexcept : text_(other.text_) { detail::retain(text_); }
  actor_path& operator=(const actor_path& other) noexcept {
    detail::retain(other.text_);
    detail::release(text_);
    text_ = other.text_;
    return *this;
  }
  ~actor_path() { detail::release(text_); }

  [[nodiscard]] const char* c_str() const noexcept { return view().data(); }
  [[nodiscard]] std::string_view view() const noexcept { return detail::view(text_); }
  operator std::string_view() const noexcept { return view(); }

  /// The last part: the actor's own name.
  [[nodiscard]] std::string_view name() const noexcept {
    return view().substr(view().rfind('/') + 1);
  }

  friend bool operator==(const actor_path& left, const actor_path& right) noexcept {
    return left.view() == right.view();
  }

 private:
  friend class any_ref;
  explicit actor_path(detail::path_text* text) noexcept : text_(text) {}

  detail::path_text* text_;
};

/// One incarnation of an actor of whatever protocol: to compare, to print, to watch.
/// Events and `terminated` carry it; then it knows its path also after the actor's end.
class any_ref {
 public:
  // For the runtime: takes over one claim on `known`.
  explicit any_ref(detail::target to, detail::path_text* known = nullptr) noexcept
      : to_(to), known_(known) {}
  any_ref(const any_ref& other) noexcept : any_ref(other.to_, other.known_) {
    detail::retain(known_);
  }
  any_ref& operator=(const any_ref& other) noexcept {
    detail::retain(other.known_);
    detail::release(known_);
    to_ = other.to_;
    known_ = other.known_;
    return *this;
  }
  ~any_ref() { detail::release(known_); }

  [[nodiscard]] actor_path path() const {
    if (known_ == nullptr) {
      return actor_path(detail::path_of(to_));
    }
    detail::retain(known_);
    return actor_path(known_);
  }

  /// Equal for the same actor in the same incarnation, whatever the types of the refs.
  friend bool operator==(const any_ref& left, const any_ref& right) noexcept {
    return left.to_ == right.to_;
  }
  explicit operator detail::target() const noexcept { return to_; }

 private:
  detail::target to_;
  detail::path_text* known_;
};

}  // namespace casty
