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

class node_scheduler final : public scheduler, public process {
 public:
  /// What a wait without a deadline takes at most.
  static constexpr duration longest_wait = duration::seconds(3600);

  node_scheduler(world& in, std::int64_t begins_at, unsigned workers, bool is_adversarial)
      : in_(in),
        time_(in, duration::nanoseconds(begins_at)),
        chance_(in.chance()),
        workers_(workers),
        is_adversarial_(is_adversarial),
        number_(in.add(*this)) {}

  [[nodiscard]] drifting_clock& time() noexcept { return time_; }
  [[nodiscard]] testkit::seeded_random& chance() noexcept { return chance_; }
  [[nodiscard]] process_number number() const noexcept { return number_; }
  /// It is no part of the world any more. Its actors can be ended, in a time of their own.
  void leave() noexcept;
  [[nodiscard]] bool has_left() const noexcept { return has_left_; }

  // scheduler
  [[nodiscard]] unsigned workers() const noexcept override { return workers_; }
  void start(worker_loop& loops) override { loops_ = &loops; }
  bool stop(duration until) noexcept override;
  void wake(unsigned) noexcept override {}
  void park(unsigned, duration) noexcept override {}
  bool wait(const std::uint32_t& word, std::uint32_t value, duration until) noexcept override;
  void notify(const std::uint32_t&) noexcept override {}
  [[nodiscard]] bool chooses() const noexcept override { return true; }
  [[nodiscard]] scheduler::turn choose(unsigned runnable) noexcept override;

  // process
  bool turn() noexcept override;
  [[nodiscard]] duration next_due() const noexcept override {
    return time_.in_world(next_due_here());
  }

 private:
  [[nodiscard]] bool all_ended() const noexcept;
  [[nodiscard]] duration next_due_here() const noexcept;

  world& in_;
  drifting_clock time_;
  testkit::seeded_random chance_;
  unsigned workers_;
  bool is_adversarial_;
  bool has_left_ = false;
  process_number number_;
  worker_loop* loops_ = nullptr;
  // Of an adversary: how it chooses, and for how many turns more.
  enum class habit : std::uint8_t { newest, oldest, anybody } habit_ = habit::anybody;
  std::uint64_t left_ = 0;
};

}  // namespace casty::simulation
