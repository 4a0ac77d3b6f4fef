/// @file
/// Simulated nodes in the hand of a test, which is not called but calls.
#pragma once

#include <cstdint>
#include <vector>

#include "casty/simulation.hpp"
#include "simulation/parts.hpp"

namespace support {

/// Three nodes that run nothing of their own.
class cluster_world {
 public:
  explicit cluster_world(std::uint64_t seed)
      : how_{.seed = seed, .node = {.secret = "sesame", .unreachable_max = longest_gap}},
        parts_(how_, seed, {}),
        all(parts_) {
    parts_.program = [](casty::simulation::node&) {};
    for (unsigned each = 0; each < all.size(); ++each) {
      all[each].start();
    }
  }

  [[nodiscard]] casty::clustered_actor_system& operator[](unsigned node) const {
    return all[node].system();
  }

 private:
  static constexpr casty::duration longest_gap = casty::duration::seconds(5);

  casty::simulation::options how_;
  casty::simulation::detail::run_parts parts_;

 public:
  casty::simulation::cluster all;
};

/// The events of a system from now on, until it ends.
template <class Event>
struct events_of {
  explicit events_of(casty::actor_system& system) {
    system.event_stream().subscribe([this](const Event& event) { all.push_back(event); });
  }
  events_of(const events_of&) = delete;
  events_of& operator=(const events_of&) = delete;

  std::vector<Event> all;
};

}  // namespace support
