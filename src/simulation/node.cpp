#include "casty/simulation/node.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/engine.hpp"
#include "simulation/parts.hpp"
#include "simulation/plan.hpp"

namespace casty::simulation {

namespace {

// What a clock shows when a process starts: up to eleven days.
constexpr duration begins_most = duration::seconds(1'000'000);

}  // namespace

node_process::node_process(detail::run_parts& in, const std::string& address)
    : runs(in.all, in.all.below(begins_most),
           std::max(in.how.node.workers, 1U), in.is_adversarial),
      net(in.over, address, runs.number(), &runs.time()) {
  cluster_options settled = in.how.node;
  settled.workers = 0;  // the scheduler says it
  settled.advertise.clear();
  if (settled.log == log_level::as_configured) {
    settled.log = in.is_told ? log_level::warning : log_level::off;
  }
  system = std::make_unique<simulated_system>(
      settled, runs, std::make_unique<simulated_ground>(in.all, runs, net, address, ++in.last_run));
}

node::parts::parts(detail::run_parts& all, unsigned which)
    : in(all),
      number(which),
      address(address_of(which)),
      storage(all.all) {}

std::string address_of(unsigned number) { return "node" + std::to_string(number) + ":1"; }

node::node(detail::run_parts& in, unsigned number) : parts_(std::make_unique<parts>(in, number)) {}
node::~node() = default;

unsigned node::number() const noexcept { return parts_->number; }
const std::string& node::address() const noexcept { return parts_->address; }
unsigned node::starts() const noexcept { return static_cast<unsigned>(parts_->processes.size()); }
bool node::is_up() const noexcept { return parts_->is_up; }
bool node::is_paused() const noexcept { return parts_->is_paused; }

clustered_actor_system& node::system() const {
  if (!parts_->is_up) {
    throw error(errc::unavailable, parts_->address + " is down");
  }
  return *parts_->process().system;
}

casty::journal node::journal(std::string_view name) const {
  (void)system();
  return parts_->storage.open(name, parts_->process().runs.number());
}

std::uint64_t node::chance() const noexcept { return parts_->in.all.chance(); }

namespace {

// From now on nothing of it is seen.
void leave_world(detail::run_parts& in, node::parts& of, bool with_machine) {
  if (!of.is_up) {
    return;
  }
  node_process& gone = of.process();
  of.is_up = of.is_paused = false;
  in.all.trace(gone.system->engine().trace);
  gone.runs.leave();
  gone.net.end(with_machine);
  of.storage.end_process();
  gone.system->engine().is_killed = true;
  gone.system->engine().events.clear();
  in.dead.emplace_back(&of, &gone);
}

}  // namespace

void node::kill() { leave_world(parts_->in, *parts_, false); }

void node::cut_power() { leave_world(parts_->in, *parts_, true); }

void node::stop() {
  if (!parts_->is_up) {
    return;
  }
  resume();
  node_process& leaving = parts_->process();
  (void)leaving.system->wind_down();
  if (&leaving == &parts_->process()) {  // else it was killed meanwhile, and another one runs
    kill();
  }
}

void node::start() {
  if (parts_->is_up) {
    throw error(errc::bad_argument, parts_->address + " is up");
  }
  detail::run_parts& in = parts_->in;
  in.tell(seconds(in.since_start()) + ": " + parts_->address + " starts");
  in.over.plug_in(parts_->address);
  try {
    parts_->processes.push_back(std::make_unique<node_process>(in, parts_->address));
    parts_->is_up = true;
    set_drift(parts_->drift);
    slow_down(parts_->slowness);
    in.program(*this);
  } catch (...) {
    in.fail_by("thrown by the program of " + parts_->address);
  }
}

void node::wake() { parts_->in.all.wake(parts_->process().runs.number()); }

void node::pause() {
  if (parts_->is_up) {
    parts_->is_paused = true;
    parts_->in.all.pause(parts_->process().runs.number());
  }
}

void node::resume() {
  if (std::exchange(parts_->is_paused, false)) {
    parts_->in.all.resume(parts_->process().runs.number());
  }
}

void node::wipe_disk() {
  if (parts_->is_up) {
    throw error(errc::bad_argument, parts_->address + " is up: its disk cannot be wiped");
  }
  parts_->storage.wipe();
}

void node::set_disk(disk_state to) { parts_->storage.set(to); }

void node::set_drift(std::int32_t millionths) {
  if (millionths < -most_drift || millionths > most_drift) {
    throw error(errc::bad_argument, "a drift of " + std::to_string(millionths) +
                                        " parts of a million, at most " +
                                        std::to_string(most_drift));
  }
  parts_->drift = millionths;
  if (parts_->is_up) {
    parts_->process().runs.time().set_drift(millionths);
    wake();
  }
}

void node::slow_down(std::uint32_t times) {
  if (times == 0) {
    throw error(errc::bad_argument, "turns that take no time: slower by 1 time at least");
  }
  parts_->slowness = times;
  if (parts_->is_up) {
    parts_->in.all.slow_down(parts_->process().runs.number(), times);
  }
}

const actor_system::message_counts& node::ended_counts() const noexcept { return parts_->ended; }

}  // namespace casty::simulation
