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
///
/// @throws  `casty::error` of bad_argument, for options out of range.
[[nodiscard]] std::vector<fault> draw_faults(std::uint64_t seed, unsigned nodes, duration length,
                                             const fault_options& of);

/// It is over at once: connections break or lead nowhere, and are made anew.
[[nodiscard]] bool is_momentary(fault_kind kind) noexcept;

/// @throws  `casty::error` of bad_argument, unless it can happen as it stands among so many nodes.
void check_fault(const fault& of, unsigned nodes);
/// The same for one that is to be mended: it has a kind that lasts, and nodes.
void check_mended(const fault& of, unsigned nodes);

/// "3.210 s".
[[nodiscard]] std::string seconds(duration span);

}  // namespace casty::simulation
