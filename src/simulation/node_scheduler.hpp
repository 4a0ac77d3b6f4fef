/// @file
/// Who runs next in a simulated node; and in the world, for whoever waits.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>

#include "casty/runtime/seams.hpp"
#include "simulation/drifting_clock.hpp"
#include "simulation/world.hpp"

namespace casty::simulation {

// Made before the scheduler that uses it.
struct node_chance {
  testkit::seeded_random chance;
};

class node_scheduler final : private node_chance,
                             public testkit::stepped_scheduler,
                             public process {
 public:
  /// What a wait without a deadline takes at most.
  static constexpr duration longest_wait = duration::seconds(3600);

  node_scheduler(world& in, duration begins_at, unsigned workers, bool is_adversarial)
      : node_chance{testkit::seeded_random(in.chance())},
        stepped_scheduler(node_chance::chance, workers),
        in_(in),
        time_(in, begins_at),
        is_adversarial_(is_adversarial),
        number_(in.add(*this)) {}

  [[nodiscard]] drifting_clock& time() noexcept { return time_; }
  [[nodiscard]] testkit::seeded_random& random() noexcept { return chance; }
  [[nodiscard]] process_number number() const noexcept { return number_; }
  /// It is no part of the world any more. Its actors can be ended, in a time of their own.
  void leave() noexcept;
  [[nodiscard]] bool has_left() const noexcept { return has_left_; }

  // scheduler
  bool stop(duration until) noexcept override;
  bool wait(const std::uint32_t& word, std::uint32_t value, duration until) noexcept override;
  [[nodiscard]] scheduler::turn choose(unsigned runnable) noexcept override;

  // process
  bool turn() noexcept override { return step(); }
  [[nodiscard]] duration next_due() const noexcept override {
    return time_.in_world(stepped_scheduler::next_due());
  }

 private:
  world& in_;
  drifting_clock time_;
  bool is_adversarial_;
  bool has_left_ = false;
  process_number number_;
  // Of an adversary: how it chooses, and for how many turns more.
  enum class habit : std::uint8_t { newest, oldest, anybody } habit_ = habit::anybody;
  std::uint64_t left_ = 0;
};

}  // namespace casty::simulation
