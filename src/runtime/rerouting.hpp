/// @file
/// What a router is inside: its routees, and whose turn it is.
///
/// Layer: runtime, private.
#pragma once

#include "casty/runtime/receptionist.hpp"
#include "casty/runtime/routers.hpp"
#include "runtime/worker.hpp"

namespace casty::detail {

struct rerouted {
  shared<snapshot> shown;
};

// The routees of a group have changed. Does nothing to what is no group any more.
void reroute(worker& here, cell* actor, shared<snapshot> shown);

// What names an entry of a snapshot to a consistent hash, the same for all who see it.
[[nodiscard]] std::uint64_t id_of(const snapshot* shown, std::uint32_t position) noexcept;

}  // namespace casty::detail
