/// @file
/// A configuration, held by whatever goes by it.
///
/// Layer: config.
#pragma once

#include <utility>

namespace casty {

struct configuration;

/// A copy of a configuration, shared by those who hold it; or none. It is made of what
/// `casty::load_config` gives: `actor_system system({.config = casty::load_config()})`.
///
/// @thread  Copies may be made and destroyed by distinct threads.
class shared_configuration {
 public:
  shared_configuration() noexcept = default;
  shared_configuration(const configuration& from);
  shared_configuration(const shared_configuration& other) noexcept : held_(other.held_) {
    if (held_ != nullptr) {
      retain(held_);
    }
  }
  shared_configuration(shared_configuration&& other) noexcept
      : held_(std::exchange(other.held_, nullptr)) {}
  shared_configuration& operator=(shared_configuration other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~shared_configuration() {
    if (held_ != nullptr) {
      release(held_);
    }
  }

  /// Null when it holds none.
  [[nodiscard]] const configuration* get() const noexcept { return held_; }

 private:
  static void retain(const configuration* held) noexcept;
  static void release(const configuration* held) noexcept;

  const configuration* held_ = nullptr;
};

}  // namespace casty
