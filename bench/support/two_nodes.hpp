/// @file
/// Two nodes of one cluster, each a process, that talk over the loopback.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "casty/cluster.hpp"
#include "support/meter.hpp"
#include "support/other_process.hpp"

namespace bench {

/// What the frame of one number takes on the way: 5 of the frame, 8 of its number, 18 before the
/// message, 3 of the message before the number, the number.
inline constexpr std::size_t frame_bytes = 42;

[[nodiscard]] inline casty::cluster_options node_options(const benchmark::State& state) {
  casty::cluster_options options;
  options.name = "bench";
  options.secret = "sesame";
  options.workers = static_cast<unsigned>(state.range(0));
  options.log = casty::log_level::warning;
  return options;
}

/// A node here, and one in another process that spawns `first()` as "/user/other".
class two_nodes {
 public:
  template <class First>
  two_nodes(const benchmark::State& state, First first)
      : process_([&](const auto& say) {
          static casty::clustered_actor_system there(node_options(state));
          there.spawn(first(), "other");
          say(there.address());
        }),
        address_(process_.hear()),
        here(node_options(state)) {
    require(!address_.empty(), "the other process does not say its address");
  }

  template <class Protocol>
  [[nodiscard]] casty::actor_ref<Protocol> other() {
    return here.lookup<Protocol>("/user/other", address_).within(patience).get();
  }

 private:
  other_process process_;
  std::string address_;

 public:
  casty::clustered_actor_system here;
};

}  // namespace bench
