#include "casty/simulation/cluster.hpp"

#include <utility>

#include "casty/testkit/unexpected.hpp"
#include "simulation/parts.hpp"
#include "simulation/plan.hpp"

namespace casty::simulation {

unsigned cluster::size() const noexcept { return static_cast<unsigned>(parts_.nodes.size()); }

node& cluster::operator[](unsigned number) const { return *parts_.nodes.at(number); }

std::uint64_t cluster::seed() const noexcept { return parts_.seed; }

duration cluster::now() const noexcept { return parts_.since_start(); }

std::uint64_t cluster::below(std::uint64_t bound) const noexcept {
  return parts_.for_tests.next() % bound;
}

void cluster::run_for(duration span) {
  run_until([] { return false; }, span);
}

bool cluster::run_until(const std::function<bool()>& holds, duration within) {
  parts_.bury();
  parts_.wake_all();
  const duration end = parts_.all.now() + within;
  while (!parts_.all.has_failed() && !holds() && parts_.all.step(end)) {
  }
  parts_.throw_failure();
  parts_.bury();
  return holds();
}

void cluster::run() {
  if (parts_.heals == 0) {
    run_for(parts_.how.length - parts_.since_start());
    heal();
  }
}

void cluster::inject(const fault& what) {
  check_fault(what, size());
  if (what.at == duration{}) {
    parts_.begin(what);
    return;
  }
  if (what.at < now()) {
    throw error(errc::bad_argument, to_string(what.kind) + (": at " + seconds(what.at)) +
                                        ", it is " + seconds(now()));
  }
  parts_.schedule(what);
}

void cluster::partition(std::vector<unsigned> side) {
  inject({.kind = fault_kind::partition, .nodes = std::move(side)});
}

void cluster::cut(unsigned left, unsigned right) {
  cut_one_way(left, right);
  cut_one_way(right, left);
}

void cluster::cut_one_way(unsigned from, unsigned to) {
  inject({.kind = fault_kind::one_way_cut, .nodes = {from, to}});
}

void cluster::hold(unsigned from, unsigned to) {
  inject({.kind = fault_kind::hold, .nodes = {from, to}});
}

bool cluster::release(unsigned from, unsigned to) {
  return mend({.kind = fault_kind::hold, .nodes = {from, to}});
}

void cluster::reset(unsigned left, unsigned right) {
  inject({.kind = fault_kind::reset, .nodes = {left, right}});
}

void cluster::leave_half_open(unsigned left, unsigned right) {
  inject({.kind = fault_kind::half_open, .nodes = {left, right}});
}

bool cluster::mend(const fault& what) {
  check_mended(what, size());
  return parts_.mend(what);
}

void cluster::heal() { parts_.heal(); }

void cluster::always(std::string_view name, std::function<bool()> holds) {
  parts_.always.push_back({std::string(name), std::move(holds)});
}

void cluster::sometimes(std::string_view name, std::function<bool()> holds) {
  parts_.named.insert(std::string(name));
  parts_.sometimes.push_back({std::string(name), std::move(holds)});
}

void cluster::reached(std::string_view name) { parts_.reached.insert(std::string(name)); }

void cluster::eventually(std::string_view name, const std::function<bool()>& holds,
                         duration within) {
  if (!run_until(holds, within)) {
    check('"' + std::string(name) + "\" within " + testkit::detail::text_of(within), false);
  }
}

void cluster::check(std::string_view name, bool holds) {
  if (!holds) {
    parts_.all.fail(std::string(name) + " does not hold");
  }
  parts_.throw_failure();
}

}  // namespace casty::simulation
