/// @file
/// On whose thread an actor runs.
///
/// Layer: core.
#pragma once

#include <cstdint>

namespace casty {

enum class dispatcher : std::uint8_t {
  as_configured,  ///< as the configuration says, `shared` where it says nothing
  shared,         ///< on a worker, beside others: its handlers do not block
  blocking,       ///< on a thread of its own, with its children: its handlers may block
};

}  // namespace casty
