/// @file
/// The faults of a run, drawn before it begins.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "casty/simulation/faults.hpp"

namespace casty::simulation {

/// In the order of their times, all of which are below `length`.
[[nodiscard]] std::vector<fault> draw_faults(std::uint64_t seed, unsigned nodes, duration length,
                                             const fault_options& of);

/// "3.210 s".
[[nodiscard]] std::string seconds(duration span);

}  // namespace casty::simulation
