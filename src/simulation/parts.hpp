/// @file
/// All of a run: the world, what lies between its nodes, and they.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "casty/simulation/run.hpp"
#include "cluster/ground.hpp"
#include "simulation/disk.hpp"
#include "simulation/fabric.hpp"
#include "simulation/network.hpp"
#include "simulation/node_scheduler.hpp"
#include "simulation/world.hpp"

namespace casty::simulation {

// What a process of a node stands on.
class simulated_ground final : public casty::cluster::ground {
 public:
  simulated_ground(world& in, const node_scheduler& runs, simulated_network& over,
                   const std::string& address, std::uint64_t incarnation)
      : in_(in), runs_(runs), over_(over), address_(address), incarnation_(incarnation) {}

  [[nodiscard]] net::network& network() noexcept override { return over_; }
  [[nodiscard]] const std::string& listens_at() const noexcept override { return address_; }
  [[nodiscard]] std::uint64_t incarnation() const noexcept override { return incarnation_; }
  void start() override {}
  void stop() noexcept override {}
  void wait_until(const std::function<bool()>& done, duration longest) override {
    const duration end = in_.now() + longest;
    while (!runs_.has_left() && !done() && in_.step(end)) {
    }
  }

 private:
  world& in_;
  const node_scheduler& runs_;
  simulated_network& over_;
  const std::string& address_;
  std::uint64_t incarnation_;
};

class simulated_system final : public clustered_actor_system {
 public:
  simulated_system(const cluster_options& options, node_scheduler& runs,
                   std::unique_ptr<casty::cluster::ground> on)
      : clustered_actor_system(options, seams{&runs.time(), &runs, &runs.random()},
                               std::move(on)) {}
  using clustered_actor_system::wind_down;
  [[nodiscard]] casty::detail::engine& engine() const noexcept { return *inside(); }
};

// One run of a node's program. What waits by it may outlive it.
struct node_process {
  node_process(detail::run_parts& in, const std::string& address);

  node_scheduler runs;
  simulated_network net;
  std::unique_ptr<simulated_system> system;
};

struct node::parts {
  parts(detail::run_parts& all, unsigned which);

  detail::run_parts& in;
  unsigned number;
  std::string address;
  disk storage;
  std::vector<std::unique_ptr<node_process>> processes;  // the last one may be up
  bool is_up = false;
  bool is_paused = false;
  // Of the machine: each process has them.
  std::int32_t drift = 0;
  std::uint32_t slowness = 1;
  actor_system::message_counts ended = {};

  [[nodiscard]] node_process& process() const { return *processes.back(); }
};

namespace detail {

struct run_parts {
  run_parts(const options& settings, std::uint64_t from_seed, std::vector<fault> to_come);
  run_parts(const run_parts&) = delete;
  run_parts& operator=(const run_parts&) = delete;
  ~run_parts();

  [[nodiscard]] duration since_start() const noexcept { return all.now() - begun_at; }
  /// Says it on stderr, where a run is to be followed.
  void tell(const std::string& what) const;

  // Faults, by hand and by themselves.
  void begin(const fault& of);
  /// Of those of that kind at those nodes; false when none acts.
  bool mend(const fault& of);
  /// Begins at its time, unless all is healed before.
  void schedule(const fault& of);
  void schedule_faults();
  void heal();

  /// Ends the systems of processes that are dead; not while anybody may wait by one.
  void bury();
  void look_at_checks();
  /// Fails with what is in flight. What is no `std::exception`, as of test frameworks, is kept for
  /// the caller of the run.
  void fail_by(const std::string& thrower);
  /// The test may have given them something to do.
  void wake_all();
  void throw_failure() const;

  // What it changes, before and since.
  struct acting_fault {
    std::uint64_t number;
    fault what;
    std::int64_t before;
    std::int64_t made;
  };

  struct check {
    std::string name;
    std::function<bool()> holds;
  };

  const options& how;
  std::uint64_t seed;
  world all;
  fabric over;
  testkit::seeded_random for_tests;
  duration begun_at;
  bool is_adversarial = false;
  unsigned heals = 0;  // what came before one is over
  std::vector<fault> plan;
  std::vector<acting_fault> acting;  // in the order of their begin
  std::uint64_t last_fault = 0;
  std::vector<std::unique_ptr<node>> nodes;
  std::function<void(node&)> program;
  std::vector<std::pair<node::parts*, node_process*>> dead;
  std::vector<check> always;
  std::vector<check> sometimes;
  std::set<std::string> named;    // by `sometimes`
  std::set<std::string> reached;
  unsigned begun[fault_kinds] = {};
  std::uint64_t last_run = 0;
  bool is_told = false;  // what happens, on stderr

 private:
  // Undoes what that one did, unless somebody else has since.
  void end(std::uint64_t number);
  [[nodiscard]] link& link_of(const fault& of);
  [[nodiscard]] std::int64_t state_of(const fault& of);
  void set_state(const fault& of, std::int64_t to);
  void set_links(const fault& of, bool begins);
};

}  // namespace detail

}  // namespace casty::simulation
