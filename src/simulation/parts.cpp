#include "simulation/parts.hpp"

#include <algorithm>
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
      if (!all.look_at(each.name, each.holds)) {
        all.fail("\"" + each.name + "\" does not hold any more");
        return;
      }
    }
    std::erase_if(sometimes, [this](const check& each) {
      return all.look_at(each.name, each.holds) && (reached.insert(each.name), true);
    });
  } catch (...) {
    fail_by("thrown by a check");
  }
}

void run_parts::fail_by(const std::string& thrower) {
  try {
    throw;
  } catch (const std::exception& thrown) {
    all.fail(thrower + ": " + thrown.what());
  } catch (...) {
    all.fail(thrower + ": what is no std::exception", std::current_exception());
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
  if (all.has_failed()) {
    throw testkit::unexpected(all.failure(), seed, all.failed_at() - begun_at);
  }
}

namespace {

// What it sets to a value; others are counted, or over at once.
bool has_state(fault_kind kind) {
  switch (kind) {
    case fault_kind::partition:
    case fault_kind::one_way_cut:
    case fault_kind::hold:
      return false;
    default:
      return !is_momentary(kind);
  }
}

bool is_at_same_place(const fault& left, const fault& right) {
  const auto state = [](fault_kind kind) {
    switch (kind) {
      case fault_kind::power_cut:
      case fault_kind::lost_disk:
        return fault_kind::kill;
      case fault_kind::failing_disk:
      case fault_kind::full_disk:
        return fault_kind::slow_disk;
      default:
        return kind;
    }
  };
  return state(left.kind) == state(right.kind) && left.nodes == right.nodes;
}

bool is_same(const fault& left, const fault& right) {
  const auto all = [](const fault& of) {
    return std::set<unsigned>(of.nodes.begin(), of.nodes.end());
  };
  return left.kind == right.kind &&
         (left.kind == fault_kind::partition ? all(left) == all(right)
                                             : left.nodes == right.nodes);
}

std::int64_t wanted_by(const fault& of) {
  switch (of.kind) {
    case fault_kind::pause:
      return 1;
    case fault_kind::kill:
    case fault_kind::power_cut:
    case fault_kind::lost_disk:
      return -1;
    case fault_kind::slow_disk:
      return static_cast<std::int64_t>(disk_state::slow);
    case fault_kind::failing_disk:
      return static_cast<std::int64_t>(disk_state::failing);
    case fault_kind::full_disk:
      return static_cast<std::int64_t>(disk_state::full);
    default:
      return of.amount;
  }
}

}  // namespace

link& run_parts::link_of(const fault& of) {
  return over.between(nodes[of.nodes.front()]->address(), nodes[of.nodes.back()]->address());
}

// Up or down and standing still are so of one process: that of a later start is in another state.
std::int64_t run_parts::state_of(const fault& of) {
  const node& which = *nodes[of.nodes.front()];
  const auto starts = static_cast<std::int64_t>(which.starts());
  switch (of.kind) {
    case fault_kind::pause:
      return which.is_paused() ? starts : 0;
    case fault_kind::kill:
    case fault_kind::power_cut:
    case fault_kind::lost_disk:
      return which.is_up() ? starts : -starts;
    case fault_kind::slow_disk:
    case fault_kind::failing_disk:
    case fault_kind::full_disk:
      return static_cast<std::int64_t>(which.inside().storage.state());
    case fault_kind::drift:
      return which.inside().drift;
    case fault_kind::delay:
      return link_of(of).delay.count();
    case fault_kind::slow_link:
      return static_cast<std::int64_t>(link_of(of).bytes_per_second);
    default:
      return 0;
  }
}

void run_parts::set_state(const fault& of, std::int64_t to) {
  node& which = *nodes[of.nodes.front()];
  switch (of.kind) {
    case fault_kind::pause:
      to != 0 ? which.pause() : which.resume();
      break;
    case fault_kind::kill:
    case fault_kind::power_cut:
    case fault_kind::lost_disk:
      if (to > 0) {
        which.start();
        break;
      }
      of.kind == fault_kind::power_cut ? which.cut_power() : which.kill();
      if (of.kind == fault_kind::lost_disk) {
        which.wipe_disk();
      }
      break;
    case fault_kind::drift:
      which.set_drift(static_cast<std::int32_t>(to));
      break;
    case fault_kind::delay:
      link_of(of).delay = duration::nanoseconds(to);
      break;
    case fault_kind::slow_link:
      link_of(of).bytes_per_second = static_cast<std::uint64_t>(to);
      break;
    default:
      which.set_disk(static_cast<disk_state>(to));
      break;
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
    case fault_kind::reset:
      over.reset(address(first), address(last));
      break;
    default:
      over.leave_half_open(address(first), address(last));
      break;
  }
}

void run_parts::begin(const fault& of) {
  acting_fault acts{++last_fault, of, state_of(of), 0};
  acts.what.at = since_start();
  has_state(of.kind) ? set_state(of, wanted_by(of)) : set_links(of, true);
  acts.made = state_of(of);
  if (!has_state(of.kind) || acts.made != acts.before || of.kind == fault_kind::lost_disk) {
    ++begun[static_cast<unsigned>(of.kind)];
    tell(to_string(acts.what));
  }
  if (is_momentary(of.kind)) {
    return;
  }
  acting.push_back(std::move(acts));
  if (of.lasts > duration{}) {
    all.at(all.now() + of.lasts, [this, number = last_fault] { end(number); });
  }
}

void run_parts::end(std::uint64_t number) {
  const auto found = std::ranges::find(acting, number, &acting_fault::number);
  if (found == acting.end()) {
    return;
  }
  const acting_fault gone = std::move(*found);
  const auto rest = acting.erase(found);
  if (!has_state(gone.what.kind)) {
    set_links(gone.what, false);
    return;
  }
  // What came over it lasts on, and leads back to before both.
  const auto later = std::find_if(rest, acting.end(), [&gone](const acting_fault& each) {
    return is_at_same_place(each.what, gone.what);
  });
  if (later != acting.end()) {
    later->before = later->before == gone.made ? gone.before : later->before;
  } else if (gone.made != gone.before && state_of(gone.what) == gone.made) {
    set_state(gone.what, gone.before);
  }
}

bool run_parts::mend(const fault& of) {
  std::vector<std::uint64_t> numbers;
  for (const acting_fault& each : acting) {
    if (is_same(each.what, of)) {
      numbers.push_back(each.number);
    }
  }
  for (const std::uint64_t each : numbers) {
    end(each);
  }
  return !numbers.empty();
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
  acting.clear();
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
