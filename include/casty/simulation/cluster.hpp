/// @file
/// A simulated cluster in the hand of a test.
///
/// Layer: simulation. May include everything but ddata.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "casty/simulation/faults.hpp"
#include "casty/simulation/node.hpp"

namespace casty::simulation {

/// All nodes, the network between them, and time. Nothing runs but while the test waits: here, or
/// in `get` of a future of one of the systems.
///
/// What fails is told on stderr at once, and throws `testkit::unexpected` where the scenario lets
/// time pass or checks something by this class, at the latest when it ends. Until then all goes on:
/// a wait for a future comes to its own end.
///
/// @thread  That of the run.
class cluster {
 public:
  explicit cluster(detail::run_parts& of) noexcept : parts_(of) {}
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  [[nodiscard]] unsigned size() const noexcept;
  /// @throws  `std::out_of_range`.
  [[nodiscard]] node& operator[](unsigned number) const;
  [[nodiscard]] std::uint64_t seed() const noexcept;
  /// Since the start of the run.
  [[nodiscard]] duration now() const noexcept;
  /// From the seed, for what the test decides by chance: uniform below `bound`, which is not 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) const noexcept;

  void run_for(duration span);
  /// False when it does not hold within that time.
  bool run_until(const std::function<bool()>& holds, duration within);
  /// Runs to the end of the time in which faults come by themselves, and heals what is left.
  void run();

  /// Has it happen, now or at its time, for as long as it lasts: 0 is until `mend` or `heal`.
  /// Connections that break or lead nowhere do not last: who needs them makes others.
  ///
  /// @throws  `casty::error` of bad_argument, as those below, for what would do nothing or another
  ///          thing: nodes that are not there, a link of a node with itself, a time that is past.
  void inject(const fault& what);
  /// Nothing arrives between these nodes and all others, in either direction.
  void partition(std::vector<unsigned> side);
  void cut(unsigned left, unsigned right);
  void cut_one_way(unsigned from, unsigned to);
  /// What is sent in that direction waits until `release`.
  void hold(unsigned from, unsigned to);
  /// As `mend` of that.
  bool release(unsigned from, unsigned to);
  void reset(unsigned left, unsigned right);
  void leave_half_open(unsigned left, unsigned right);
  /// Ends what acts of that kind at those nodes, injected or come by itself, and undoes what it
  /// did: not what a node was told by hand, before or since. False when there is none.
  ///
  /// @throws  `casty::error` of bad_argument, for nodes that are not there and what does not last.
  bool mend(const fault& what);
  /// Ends all faults: the network is whole, disks are good, clocks right; whoever stands still goes
  /// on, and who is down starts. None that is still to come does: the time of faults that come by
  /// themselves is over for this run.
  void heal();

  /// Holds at each step from now on. What it looks at is at hand: one that waits fails.
  void always(std::string_view name, std::function<bool()> holds);
  /// Is looked at after each step, in the same way: `report::reached` says whether it ever held.
  /// What never comes to pass in any run was not tested.
  void sometimes(std::string_view name, std::function<bool()> holds);
  /// It has come to pass.
  void reached(std::string_view name);
  /// Runs until it holds; fails when it does not within that time.
  void eventually(std::string_view name, const std::function<bool()>& holds, duration within);
  /// Fails unless it holds now. With fewer faults the same failure is looked for by its name, which
  /// is therefore the same in each run: without numbers that differ.
  void check(std::string_view name, bool holds);

 private:
  detail::run_parts& parts_;
};

}  // namespace casty::simulation
