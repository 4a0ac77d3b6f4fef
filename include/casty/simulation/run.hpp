/// @file
/// Runs of a simulated cluster, each drawn from a seed.
///
/// Layer: simulation. May include everything but ddata.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "casty/simulation/cluster.hpp"

namespace casty::simulation {

/// Whose turn it is among the actors of a node.
enum class turns : std::uint8_t {
  drawn,        ///< by the seed: one of the others
  uniform,      ///< anybody's
  adversarial,  ///< for a while that of the newest, one message each, then that of the oldest, ...
};

struct options {
  std::uint64_t seed = 1;
  unsigned nodes = 3;
  /// In which faults come by themselves.
  duration length = duration::seconds(60);
  fault_options faults = {};
  simulation::turns turns = simulation::turns::drawn;
  /// Of each node. Where it listens is the simulation's; TLS there is none, and is refused. The log
  /// is off unless said otherwise, but warns under a chosen seed.
  cluster_options node = {};
  /// Does each run a second time, and fails when it is another one, or fails otherwise: something
  /// then decides that is not drawn from the seed.
  bool twice = false;
};

/// What has come to pass.
struct report {
  unsigned runs = 0;
  /// How many of them were different ones, by their traces.
  unsigned distinct = 0;
  duration simulated = {};
  std::uint64_t steps = 0;
  /// Of all steps of the last run: equal for equal runs.
  std::uint64_t trace = 0;
  /// In how many runs each `sometimes` held, or was `reached`.
  std::map<std::string, unsigned> reached = {};
  /// How many faults of each kind began, and found something to do.
  std::map<std::string, unsigned> faults = {};
};

namespace detail {

struct no_state {};

// What a run consists of, made anew for each.
struct play {
  std::shared_ptr<void> state;
  std::function<void(node&)> program;
  std::function<void(cluster&)> scenario;
};

// Without a count one run, whatever number of them the environment asks for.
[[nodiscard]] report perform(const options& how, std::optional<std::uint64_t> count,
                             const std::function<play()>& begin);

template <class State, class Program, class Scenario>
[[nodiscard]] std::function<play()> play_of(const Program& program, const Scenario& scenario) {
  return [&program, &scenario] {
    const auto state = std::make_shared<State>();
    if constexpr (std::is_same_v<State, no_state>) {
      return play{state, program, scenario};
    } else {
      return play{state, [&program, &of = *state](node& at) { program(at, of); },
                  [&scenario, &of = *state](cluster& all) { scenario(all, of); }};
    }
  };
}

}  // namespace detail

/// Runs a cluster whose nodes all run `program` when they start, and `scenario`; or that of the
/// seed in the environment variable CASTY_SEED. CASTY_FAULTS leaves only these of the faults that
/// come by themselves, such as 3,8, or none. Virtual time, one thread.
///
/// program: (node&) -> void; spawns actors. It has ended when the node starts to run.
/// scenario: (cluster&) -> void; registers checks, and lets time pass. What it leaves of the time
/// with faults passes after it.
///
/// A run that fails is done once more, to see that the failure is the seed's, and then with fewer
/// faults, up to 100 times. What both of them capture carries over from one to the next: keep in a
/// `State` what they change. Fewer faults are enough when the text of the failure is the same.
///
/// @throws  `casty::error` of bad_argument, for options that make no sense and for what stands in
///          the environment and is no number, or none of a fault.
/// @throws  `testkit::unexpected`, when a check fails or one of both throws: with the fewest faults
///          with which it still does, and how to repeat it. What is thrown and is no
///          `std::exception`, as by REQUIRE of a test framework, is thrown as it is, after stderr
///          has been told the same.
template <class Program, class Scenario>
  requires std::is_invocable_v<const Program&, node&> &&
           std::is_invocable_v<const Scenario&, cluster&>
report run(const options& how, const Program& program, const Scenario& scenario) {
  return detail::perform(how, std::nullopt, detail::play_of<detail::no_state>(program, scenario));
}

/// The same with a new `State` for each run, which outlives its actors.
///
/// program: (node&, State&) -> void; scenario: (cluster&, State&) -> void
template <class State, class Program, class Scenario>
  requires std::is_invocable_v<const Program&, node&, State&> &&
           std::is_invocable_v<const Scenario&, cluster&, State&>
report run(const options& how, const Program& program, const Scenario& scenario) {
  return detail::perform(how, std::nullopt, detail::play_of<State>(program, scenario));
}

/// The same for `count` seeds, from that of the options on, and 0 after the last there is; or for
/// as many as the environment variable CASTY_SEEDS says, also where `count` is 1. CASTY_SEED goes
/// before: then it is that seed alone.
///
/// @throws  As `run`; and when what `sometimes` names has not come to pass in any of several runs.
template <class Program, class Scenario>
  requires std::is_invocable_v<const Program&, node&> &&
           std::is_invocable_v<const Scenario&, cluster&>
report explore(std::uint64_t count, const options& how, const Program& program,
               const Scenario& scenario) {
  return detail::perform(how, count, detail::play_of<detail::no_state>(program, scenario));
}
template <class State, class Program, class Scenario>
  requires std::is_invocable_v<const Program&, node&, State&> &&
           std::is_invocable_v<const Scenario&, cluster&, State&>
report explore(std::uint64_t count, const options& how, const Program& program,
               const Scenario& scenario) {
  return detail::perform(how, count, detail::play_of<State>(program, scenario));
}

}  // namespace casty::simulation
