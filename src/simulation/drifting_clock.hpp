/// @file
/// The clock of a node: it began somewhere, and goes faster or slower than the world's.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>

#include "casty/runtime/seams.hpp"
#include "simulation/world.hpp"

namespace casty::simulation {

class drifting_clock final : public clock {
 public:
  drifting_clock(const world& in, duration begins_at) noexcept
      : in_(in), since_(in.now()), base_(begins_at) {}

  [[nodiscard]] duration now() const noexcept override {
    return is_apart_ ? base_ : base_ + scaled(in_.now() - since_, drift_);
  }
  /// The first moment of the world at which it is `local` here.
  [[nodiscard]] duration in_world(duration local) const noexcept {
    if (local == duration::max()) {
      return local;
    }
    if (local <= base_) {
      return since_;
    }
    const std::int64_t ahead = (local - base_).count();
    const std::int64_t rate = million + drift_;
    return since_ + duration::nanoseconds(ahead / rate * million) +
           duration::nanoseconds(ahead % rate * million / rate + 1);
  }
  /// So many parts of a million faster than the world's, slower below 0; by far less than all of
  /// them, so that it goes on.
  void set_drift(std::int32_t millionths) noexcept {
    base_ = now();
    since_ = in_.now();
    drift_ = millionths;
  }
  /// From now on it stands, but for `set`: for a node that is no part of the world any more.
  void stand_apart() noexcept {
    base_ = now();
    is_apart_ = true;
  }
  void set(duration to) noexcept { base_ = to > base_ ? to : base_; }

 private:
  static constexpr std::int64_t million = 1'000'000;

  // Without products over 64 bits.
  [[nodiscard]] static duration scaled(duration span, std::int64_t drift) noexcept {
    const std::int64_t all = span.count();
    return duration::nanoseconds(all + all / million * drift + all % million * drift / million);
  }

  const world& in_;
  duration since_;
  duration base_;
  std::int32_t drift_ = 0;
  bool is_apart_ = false;
};

}  // namespace casty::simulation
