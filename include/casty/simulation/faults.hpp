/// @file
/// What may go wrong in a simulated cluster.
///
/// Layer: simulation. May include everything but ddata.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "casty/core/duration.hpp"

namespace casty::simulation {

enum class fault_kind : std::uint8_t {
  partition,     ///< between some nodes and all others nothing arrives
  one_way_cut,   ///< nothing arrives in one direction
  hold,          ///< what is sent in one direction arrives later, all at once
  delay,         ///< what is sent in one direction arrives later
  reset,         ///< connections between two nodes break
  half_open,     ///< they lead nowhere, and nobody is told
  slow_link,     ///< few bytes a second in one direction
  pause,         ///< a process stands still, and knows nothing of it
  kill,          ///< a process ends at once; another is started
  power_cut,     ///< so does its machine: its peers hear nothing
  lost_disk,     ///< a process is killed, and what it has written is gone
  slow_disk,     ///< a hundred times as slow
  failing_disk,  ///< what is written fails, be it there or not
  full_disk,     ///< what is written fails
  drift,         ///< a clock goes faster or slower; by itself by up to 1 %
};
inline constexpr unsigned fault_kinds = 15;

[[nodiscard]] const char* to_string(fault_kind kind) noexcept;

/// One of them.
struct fault {
  fault_kind kind = fault_kind::reset;
  duration at = {};     ///< since the start of the run; 0: now
  duration lasts = {};  ///< then it is mended, or the node starts again; 0: until `mend`
  /// A partition's one side; the two ends of a link, from and to; or the node.
  std::vector<unsigned> nodes = {};
  /// Of a delay: nanoseconds, above 0. Of a slow link: bytes a second, above 0. Of a drift: parts
  /// of a million, up to `most_drift` faster or slower, not 0. Others have none.
  std::int64_t amount = 0;
};

/// What a clock drifts at most, in parts of a million: by a tenth.
inline constexpr std::int32_t most_drift = 100'000;

/// "3.21 s: node2 is killed, for 1.5 s".
[[nodiscard]] std::string to_string(const fault& of);

/// What comes to pass by itself. Every run has a mix of its own, drawn by its seed from what is
/// allowed here: each kind half of the time, and one of them always.
///
/// A run throws `casty::error` of bad_argument for what is out of range.
///
/// @source  Groce et al. 2012, "Swarm testing".
struct fault_options {
  std::vector<fault_kind> kinds = {};
  /// The part of all packets that are lost, and sent again by TCP: from 0 to below 1.
  double packet_loss = 0;
  /// From one to the next, on average; at least a millisecond.
  duration every = duration::seconds(1);
  /// That one lasts; not below 0.
  duration longest = duration::seconds(3);
  /// Nodes that are neither killed nor paused.
  std::vector<unsigned> spared = {};

  /// All that is known, and one packet of a thousand.
  [[nodiscard]] static fault_options all();
  /// That of the network.
  [[nodiscard]] static fault_options of_network();
};

}  // namespace casty::simulation
