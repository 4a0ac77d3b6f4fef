#include "simulation/parts.hpp"

#include <cstdio>
#include <exception>

#include "casty/testkit/unexpected.hpp"
#include "simulation/plan.hpp"

namespace casty::simulation::detail {

namespace {

bool is_adversarial_in(const options& how, world& in) {
  return how.turns == turns::adversarial || (how.turns == turns::drawn && in.below(2) == 1);
}

void add(actor_system::message_counts& to, const actor_system::message_counts& more) {
  to.sent += more.sent;
  to.handled += more.handled;
  to.dead += more.dead;
  to.waiting += more.waiting;
  for (unsigned each = 0; each < dead_letter_reasons; ++each) {
    to.dead_by_reason[each] += more.dead_by_reason[each];
  }
}

}  // namespace

run_parts::run_parts(const options& settings, std::uint64_t from_seed, std::vector<fault> to_come)
    : how(settings),
      seed(from_seed),
      all(from_seed),
      over(all),
      for_tests(from_seed + 1),
      begun_at(all.now()),
      is_adversarial(is_adversarial_in(settings, all)),
      plan(std::move(to_come)) {
  over.lose(how.faults.packet_loss);
  for (unsigned each = 0; each < how.nodes; ++each) {
    nodes.push_back(std::make_unique<node>(*this, each));
  }
}

run_parts::~run_parts() {
  for (const auto& each : nodes) {
    each->kill();
  }
  bury();
}

void run_parts::tell(const std::string& what) const {
  if (is_told) {
    std::fprintf(stderr, "casty::simulation: %s\n", what.c_str());
  }
}

void run_parts::bury() {
  for (const auto& [of, gone] : std::exchange(dead, {})) {
    (void)gone->system->terminate();
    add(of->ended, gone->system->counts());
    gone->system.reset();
  }
}

void run_parts::look_at_checks() {
  try {
    for (const check& each : always) {
      if (!each.holds()) {
        all.fail("\"" + each.name + "\" does not hold any more");
        return;
      }
    }
    std::erase_if(sometimes, [this](const check& each) {
      return each.holds() && (reached.insert(each.name), true);
    });
  } catch (const std::exception& thrown) {
    all.fail(std::string("thrown by a check: ") + thrown.what());
  }
}

void run_parts::wake_all() {
  for (const auto& each : nodes) {
    if (each->is_up()) {
      each->wake();
    }
  }
}

void run_parts::throw_failure() const {
  if (!all.failure().empty()) {
    throw testkit::unexpected(all.failure(), seed, since_start());
  }
}

// The two directions of a link, or all of a partition.
void run_parts::set_links(const fault& of, bool begins) {
  const auto address = [this](unsigned which) -> const std::string& {
    return nodes[which]->address();
  };
  const auto cut = [&](unsigned from, unsigned to) {
    begins ? over.cut(address(from), address(to)) : over.mend(address(from), address(to));
  };
  const unsigned first = of.nodes.front();
  const unsigned last = of.nodes.back();
  link& there = over.between(address(first), address(last));
  switch (of.kind) {
    case fault_kind::partition: {
      const std::set<unsigned> side(of.nodes.begin(), of.nodes.end());
      for (const unsigned inside : side) {
        for (unsigned outside = 0; outside < nodes.size(); ++outside) {
          if (!side.contains(outside)) {
            cut(inside, outside);
            cut(outside, inside);
          }
        }
      }
      break;
    }
    case fault_kind::one_way_cut:
      cut(first, last);
      break;
    case fault_kind::hold:
      begins ? over.hold(address(first), address(last))
             : over.release(address(first), address(last));
      break;
    case fault_kind::delay:
      there.delay = duration::nanoseconds(begins ? of.amount : 0);
      break;
    case fault_kind::slow_link:
      there.bytes_per_second = begins ? static_cast<std::uint64_t>(of.amount) : 0;
      break;
    case fault_kind::reset:
      over.reset(address(first), address(last));
      break;
    default:
      over.leave_half_open(address(first), address(last));
      break;
  }
}

void run_parts::begin(const fault& of) {
  ++begun[static_cast<unsigned>(of.kind)];
  fault now = of;
  now.at = since_start();
  tell(to_string(now));
  node& which = *nodes.at(of.nodes.front());
  switch (of.kind) {
    case fault_kind::pause:
      which.pause();
      break;
    case fault_kind::kill:
      which.kill();
      break;
    case fault_kind::power_cut:
      which.cut_power();
      break;
    case fault_kind::lost_disk:
      which.kill();
      which.wipe_disk();
      break;
    case fault_kind::slow_disk:
      which.set_disk(disk_state::slow);
      break;
    case fault_kind::failing_disk:
      which.set_disk(disk_state::failing);
      break;
    case fault_kind::full_disk:
      which.set_disk(disk_state::full);
      break;
    case fault_kind::drift:
      which.set_drift(static_cast<std::int32_t>(of.amount));
      break;
    default:
      set_links(of, true);
      break;
  }
  if (of.lasts > duration{}) {
    all.at(all.now() + of.lasts, [this, of, when = heals] {
      if (when == heals) {
        end(of);
      }
    });
  }
}

void run_parts::end(const fault& of) {
  node& which = *nodes.at(of.nodes.front());
  switch (of.kind) {
    case fault_kind::pause:
      which.resume();
      break;
    case fault_kind::kill:
    case fault_kind::power_cut:
    case fault_kind::lost_disk:
      if (!which.is_up()) {
        which.start();
      }
      break;
    case fault_kind::slow_disk:
    case fault_kind::failing_disk:
    case fault_kind::full_disk:
      which.set_disk(disk_state::good);
      break;
    case fault_kind::drift:
      which.set_drift(0);
      break;
    case fault_kind::reset:
    case fault_kind::half_open:
      break;
    default:
      set_links(of, false);
      break;
  }
}

void run_parts::schedule_faults() {
  for (const fault& each : plan) {
    schedule(each);
  }
}

void run_parts::schedule(const fault& of) {
  all.at(begun_at + of.at, [this, of, when = heals] {
    if (when == heals) {
      begin(of);
    }
  });
}

void run_parts::heal() {
  tell(seconds(since_start()) + ": all is healed");
  ++heals;
  over.heal();
  over.lose(0);
  for (const auto& each : nodes) {
    each->resume();
    each->set_disk(disk_state::good);
    each->set_drift(0);
    each->slow_down(1);
    if (!each->is_up()) {
      each->start();
    }
  }
}

}  // namespace casty::simulation::detail
