#include "casty/simulation/faults.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "casty/core/error.hpp"
#include "casty/testkit/test_system.hpp"
#include "simulation/plan.hpp"

namespace casty::simulation {

namespace {

using testkit::seeded_random;

constexpr const char* names[fault_kinds] = {
    "partition", "one_way_cut", "hold",      "delay",     "reset",        "half_open", "slow_link",
    "pause",     "kill",        "power_cut", "lost_disk", "slow_disk", "failing_disk", "full_disk",
    "drift"};

std::string name_of(unsigned node) { return "node" + std::to_string(node); }

std::string side_of(const std::vector<unsigned>& nodes) {
  std::string all;
  for (const unsigned each : nodes) {
    all += (all.empty() ? "" : ", ") + name_of(each);
  }
  return all;
}

std::string what_happens(const fault& of) {
  const std::string first = of.nodes.empty() ? "nobody" : name_of(of.nodes.front());
  const std::string last = of.nodes.empty() ? "nobody" : name_of(of.nodes.back());
  switch (of.kind) {
    case fault_kind::partition:
      return side_of(of.nodes) + " cut off from all others";
    case fault_kind::one_way_cut:
      return "nothing arrives from " + first + " at " + last;
    case fault_kind::hold:
      return "held back from " + first + " to " + last;
    case fault_kind::delay:
      return "from " + first + " to " + last + " it takes " +
             seconds(duration::nanoseconds(of.amount)) + " more";
    case fault_kind::reset:
      return "connections of " + first + " and " + last + " break";
    case fault_kind::half_open:
      return "connections of " + first + " and " + last + " lead nowhere";
    case fault_kind::slow_link:
      return "from " + first + " to " + last + " " + std::to_string(of.amount) + " bytes a second";
    case fault_kind::pause:
      return first + " stands still";
    case fault_kind::kill:
      return first + " is killed";
    case fault_kind::power_cut:
      return first + " loses its power";
    case fault_kind::lost_disk:
      return first + " is killed and loses its disk";
    case fault_kind::slow_disk:
      return "the disk of " + first + " is slow";
    case fault_kind::failing_disk:
      return "the disk of " + first + " fails";
    case fault_kind::full_disk:
      return "the disk of " + first + " is full";
    case fault_kind::drift:
      return "the clock of " + first + " goes " + std::to_string(of.amount) +
             " parts of a million faster";
  }
  return {};
}

// From one node to another, or between the two.
bool is_of_link(fault_kind kind) {
  switch (kind) {
    case fault_kind::one_way_cut:
    case fault_kind::hold:
    case fault_kind::delay:
    case fault_kind::reset:
    case fault_kind::half_open:
    case fault_kind::slow_link:
      return true;
    default:
      return false;
  }
}

void demand(bool holds, const std::string& otherwise) {
  if (!holds) {
    throw error(errc::bad_argument, otherwise);
  }
}

void check_nodes(const fault& of, unsigned nodes) {
  const std::string kind = to_string(of.kind);
  for (const unsigned each : of.nodes) {
    demand(each < nodes, kind + ": there is no " + name_of(each) + " among " +
                             std::to_string(nodes));
  }
  const std::string given = ", here are " + std::to_string(of.nodes.size());
  if (of.kind == fault_kind::partition) {
    const std::set<unsigned> side(of.nodes.begin(), of.nodes.end());
    demand(!side.empty() && side.size() < nodes,
           kind + ": some nodes, and not all of them" + given);
  } else if (is_of_link(of.kind)) {
    demand(of.nodes.size() == 2, kind + ": two nodes, from and to" + given);
    demand(of.nodes.front() != of.nodes.back(),
           kind + ": there is no link from " + name_of(of.nodes.front()) + " to itself");
  } else {
    demand(of.nodes.size() == 1, kind + ": one node" + given);
  }
}

void check_amount(const fault& of) {
  const std::string kind = to_string(of.kind);
  const std::string given = ", here " + std::to_string(of.amount);
  switch (of.kind) {
    case fault_kind::delay:
      demand(of.amount > 0, kind + ": an amount of nanoseconds above 0" + given);
      break;
    case fault_kind::slow_link:
      demand(of.amount > 0, kind + ": an amount of bytes a second above 0" + given);
      break;
    case fault_kind::drift:
      demand(of.amount != 0 && of.amount >= -most_drift && of.amount <= most_drift,
             kind + ": an amount of parts of a million, up to " + std::to_string(most_drift) +
                 ", not 0" + given);
      break;
    default:
      demand(of.amount == 0, kind + ": no amount" + given);
      break;
  }
}

void check_options(const fault_options& of, unsigned nodes) {
  demand(of.packet_loss >= 0 && of.packet_loss < 1,
         "packet_loss: from 0 to below 1, here " + std::to_string(of.packet_loss));
  demand(of.every >= duration::milliseconds(1),
         "faults come every millisecond at most, here every " + seconds(of.every));
  demand(of.longest >= duration{}, "the longest fault lasts " + seconds(of.longest));
  for (const fault_kind each : of.kinds) {
    demand(static_cast<unsigned>(each) < fault_kinds, "a fault of no kind");
  }
  for (const unsigned each : of.spared) {
    demand(each < nodes, "spared: there is no " + name_of(each) + " among " +
                             std::to_string(nodes));
  }
}

class drawing {
 public:
  drawing(std::uint64_t seed, unsigned nodes, const fault_options& of)
      : chance_(seed ^ 0xFA017), nodes_(nodes), of_(of) {}

  [[nodiscard]] std::vector<fault_kind> mix() {
    std::vector<fault_kind> all;
    for (const fault_kind each : of_.kinds) {
      if (chance_.next() % 2 == 0) {
        all.push_back(each);
      }
    }
    return all.empty() && !of_.kinds.empty() ? std::vector{of_.kinds[below(of_.kinds.size())]}
                                             : all;
  }
  [[nodiscard]] fault draw(fault_kind kind, duration at) {
    fault made{kind, at, below(of_.longest) + duration::milliseconds(1), {}, 0};
    if (kind == fault_kind::partition) {
      made.nodes = some_nodes();
    } else if (is_of_link(kind)) {
      made.nodes = two_nodes();
    } else {
      made.nodes = {static_cast<unsigned>(below(nodes_))};
    }
    made.amount = amount_of(kind);
    return made;
  }
  // False for what would end a node that is spared.
  [[nodiscard]] bool may_be(const fault& of) const {
    const bool ends = of.kind == fault_kind::pause || of.kind == fault_kind::kill ||
                      of.kind == fault_kind::power_cut || of.kind == fault_kind::lost_disk;
    return !of.nodes.empty() &&
           (!ends || std::ranges::find(of_.spared, of.nodes.front()) == of_.spared.end());
  }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return chance_.next() % bound; }
  [[nodiscard]] duration below(duration bound) {
    return duration::nanoseconds(static_cast<std::int64_t>(
        below(static_cast<std::uint64_t>(std::max<std::int64_t>(bound.count(), 1)))));
  }

 private:
  // At least one, and not all.
  [[nodiscard]] std::vector<unsigned> some_nodes() {
    std::vector<unsigned> all;
    for (unsigned each = 0; each < nodes_; ++each) {
      if (chance_.next() % 2 == 0) {
        all.push_back(each);
      }
    }
    if (all.empty() || all.size() == nodes_) {
      all = {static_cast<unsigned>(below(nodes_))};
    }
    return nodes_ > 1 ? all : std::vector<unsigned>{};
  }
  [[nodiscard]] std::vector<unsigned> two_nodes() {
    if (nodes_ < 2) {
      return {};
    }
    const auto from = static_cast<unsigned>(below(nodes_));
    return {from, static_cast<unsigned>((from + 1 + below(nodes_ - 1)) % nodes_)};
  }
  [[nodiscard]] std::int64_t amount_of(fault_kind kind) {
    constexpr std::uint64_t delay_most = 500'000'000;
    constexpr std::uint64_t drift_most = 10'000;
    switch (kind) {
      case fault_kind::delay:
        return static_cast<std::int64_t>(below(delay_most));
      case fault_kind::slow_link:
        return std::int64_t{1000} << below(8);
      case fault_kind::drift:
        return static_cast<std::int64_t>(below(2 * drift_most + 1)) -
               static_cast<std::int64_t>(drift_most);
      default:
        return 0;
    }
  }

  seeded_random chance_;
  unsigned nodes_;
  const fault_options& of_;
};

}  // namespace

std::string seconds(duration span) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3f s", static_cast<double>(span.count()) * 1e-9);
  return text;
}

bool is_momentary(fault_kind kind) noexcept {
  return kind == fault_kind::reset || kind == fault_kind::half_open;
}

void check_fault(const fault& of, unsigned nodes) {
  demand(static_cast<unsigned>(of.kind) < fault_kinds, "a fault of no kind");
  check_nodes(of, nodes);
  check_amount(of);
  const std::string kind = to_string(of.kind);
  demand(of.at >= duration{}, kind + ": at " + seconds(of.at) + ", before the run");
  demand(of.lasts >= duration{}, kind + ": lasts " + seconds(of.lasts));
  demand(!is_momentary(of.kind) || of.lasts == duration{},
         kind + ": connections are made anew, it does not last");
}

void check_mended(const fault& of, unsigned nodes) {
  demand(static_cast<unsigned>(of.kind) < fault_kinds, "a fault of no kind");
  check_nodes(of, nodes);
  demand(!is_momentary(of.kind),
         to_string(of.kind) + std::string(": connections are made anew, it is not mended"));
}

const char* to_string(fault_kind kind) noexcept { return names[static_cast<unsigned>(kind)]; }

std::string to_string(const fault& of) {
  return seconds(of.at) + ": " + what_happens(of) +
         (is_momentary(of.kind) || of.lasts == duration{} ? "" : ", for " + seconds(of.lasts));
}

fault_options fault_options::of_network() {
  using enum fault_kind;
  return {.kinds = {partition, one_way_cut, hold, delay, reset, half_open, slow_link},
          .packet_loss = 0.001};
}

fault_options fault_options::all() {
  fault_options made = of_network();
  made.kinds.clear();
  for (unsigned each = 0; each < fault_kinds; ++each) {
    made.kinds.push_back(static_cast<fault_kind>(each));
  }
  return made;
}

std::vector<fault> draw_faults(std::uint64_t seed, unsigned nodes, duration length,
                               const fault_options& of) {
  check_options(of, nodes);
  drawing draws(seed, nodes, of);
  const std::vector<fault_kind> mix = draws.mix();
  std::vector<fault> all;
  const duration gap = of.every + of.every;
  for (duration at = draws.below(gap); at < length && !mix.empty(); at = at + draws.below(gap)) {
    const fault made = draws.draw(mix[draws.below(mix.size())], at);
    if (draws.may_be(made)) {
      all.push_back(made);
    }
    at = at + duration::nanoseconds(1);
  }
  return all;
}

}  // namespace casty::simulation
