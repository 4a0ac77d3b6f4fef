#include "casty/simulation/run.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "casty/testkit/seeds.hpp"
#include "casty/testkit/unexpected.hpp"
#include "simulation/parts.hpp"
#include "simulation/plan.hpp"

namespace casty::simulation::detail {

namespace {

// Runs that look for fewer faults.
constexpr unsigned shrinking_most = 100;

[[nodiscard]] testkit::unexpected failing(const std::string& what, std::uint64_t seed,
                                          duration after) {
  return {what, seed, duration::milliseconds(after.count() / 1'000'000)};
}

struct failure {
  std::string what;
  duration at;
  std::exception_ptr thrown;  // for the caller

  [[nodiscard]] friend bool operator==(const failure& left, const failure& right) noexcept {
    return left.what == right.what && left.at == right.at;
  }
};

// What came of one run.
struct outcome {
  std::optional<failure> failed;
  duration simulated = {};
  std::uint64_t steps = 0;
  std::uint64_t trace = 0;
  std::set<std::string> named;
  std::set<std::string> reached;
  std::vector<unsigned> begun;
};

using chosen = std::vector<std::size_t>;  // faults of a plan, by their numbers

class running {
 public:
  running(const options& how, const std::function<play()>& begin, std::uint64_t seed,
          bool is_told)
      : how_(how),
        begin_(begin),
        seed_(seed),
        is_told_(is_told),
        plan_(draw_faults(seed, how.nodes, how.length, how.faults)) {}

  /// @throws  `casty::error` of bad_argument, when one of them is not there.
  [[nodiscard]] chosen faults_of(const std::optional<chosen>& asked_for) const;
  /// Of the first one a failure is told when it happens: the scenario may never end after it.
  [[nodiscard]] outcome once(const chosen& faults, bool is_first = false) const;
  /// Fewer with which it fails all the same: by halves, quarters and so on of what can be left out.
  /// @source  Zeller & Hildebrandt 2002, "Simplifying and isolating failure-inducing input".
  [[nodiscard]] chosen fewest(chosen faults, const failure& as) const;
  [[nodiscard]] std::string told(const chosen& faults) const;

 private:
  void tell(const run_parts& failed, const chosen& faults) const;

  const options& how_;
  const std::function<play()>& begin_;
  std::uint64_t seed_;
  bool is_told_;
  std::vector<fault> plan_;
};

std::string list_of(const chosen& faults) {
  std::string numbers;
  for (const std::size_t each : faults) {
    numbers += (numbers.empty() ? "" : ",") + std::to_string(each);
  }
  return numbers.empty() ? "none" : numbers;
}

chosen running::faults_of(const std::optional<chosen>& asked_for) const {
  if (!asked_for) {
    chosen all(plan_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }
  if (!asked_for->empty() && asked_for->back() >= plan_.size()) {
    throw error(errc::bad_argument, "CASTY_FAULTS=" + std::to_string(asked_for->back()) +
                                        ": seed " + std::to_string(seed_) + " has " +
                                        std::to_string(plan_.size()) + " faults, from 0 on");
  }
  return *asked_for;
}

void running::tell(const run_parts& failed, const chosen& faults) const {
  const std::string named = faults.size() == plan_.size() ? "" : " CASTY_FAULTS=" + list_of(faults);
  std::fprintf(stderr, "%s; CASTY_SEED=%llu%s repeats it\n",
               failing(failed.all.failure(), seed_, failed.since_start()).what(),
               static_cast<unsigned long long>(seed_), named.c_str());
}

outcome running::once(const chosen& faults, bool is_first) const {
  const play made = begin_();
  std::vector<fault> to_come;
  for (const std::size_t each : faults) {
    to_come.push_back(plan_[each]);
  }
  outcome end;
  run_parts parts(how_, seed_, std::move(to_come));
  parts.program = made.program;
  parts.is_told = is_first && is_told_;
  if (is_first) {
    parts.all.when_failed([&] { tell(parts, faults); });
  }
  parts.all.after_each_step([&parts] { parts.look_at_checks(); });
  cluster all(parts);
  try {
    for (const auto& each : parts.nodes) {
      each->start();
    }
    parts.schedule_faults();
    made.scenario(all);
    parts.throw_failure();
    all.run();
  } catch (...) {
    parts.fail_by("thrown");
  }
  parts.all.when_failed({});
  if (parts.all.has_failed()) {
    end.failed = failure{parts.all.failure(), parts.all.failed_at() - parts.begun_at,
                         parts.all.thrown()};
  }
  for (const auto& each : parts.nodes) {
    each->kill();
  }
  end.simulated = parts.since_start();
  end.steps = parts.all.steps();
  end.trace = parts.all.trace();
  end.named = std::move(parts.named);
  end.reached = std::move(parts.reached);
  end.begun.assign(parts.begun, parts.begun + fault_kinds);
  return end;
}

chosen running::fewest(chosen faults, const failure& as) const {
  if (!faults.empty()) {
    std::fprintf(stderr, "casty::simulation: looking for fewer faults, in up to %u runs\n",
                 shrinking_most);
  }
  unsigned runs = 0;
  for (std::size_t part = (faults.size() + 1) / 2; part > 0 && !faults.empty();) {
    bool is_fewer = false;
    for (std::size_t at = 0; at < faults.size() && runs < shrinking_most;) {
      chosen rest = faults;
      const auto first = rest.begin() + static_cast<std::ptrdiff_t>(at);
      rest.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, rest.size() - at)));
      ++runs;
      const std::optional<failure> still = once(rest).failed;
      if (still && still->what == as.what) {
        faults = std::move(rest);
        is_fewer = true;
      } else {
        at += part;
      }
    }
    part = part == 1 ? (is_fewer && runs < shrinking_most ? 1 : 0) : (part + 1) / 2;
  }
  return faults;
}

std::string running::told(const chosen& faults) const {
  std::string text = "\n  " + std::to_string(faults.size()) + " of its " +
                     std::to_string(plan_.size()) + " faults are enough for that";
  for (const std::size_t each : faults) {
    text += "\n    " + to_string(plan_[each]);
  }
  return text + "\n  CASTY_SEED=" + std::to_string(seed_) + " CASTY_FAULTS=" + list_of(faults) +
         " repeats it alone\n ";
}

// "3,8", or "none".
std::optional<chosen> faults_in(const char* variable) {
  const char* said = std::getenv(variable);
  if (said == nullptr) {
    return std::nullopt;
  }
  std::set<std::size_t> all;
  const std::string_view text = said;
  for (std::size_t at = 0; text != "none" && at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto number = testkit::detail::whole_number(text.substr(at, end - at));
    if (!number) {
      throw error(errc::bad_argument, std::string(variable) + "=\"" + said +
                                          "\" in the environment is neither a list of numbers "
                                          "such as 3,8 nor none");
    }
    all.insert(*number);
    at = end + 1;
  }
  return chosen(all.begin(), all.end());
}

// What the environment asks for.
struct wishes {
  std::optional<std::uint64_t> seed = testkit::detail::number_in("CASTY_SEED");
  std::optional<std::uint64_t> seeds = testkit::detail::number_in("CASTY_SEEDS");
  std::optional<chosen> faults = faults_in("CASTY_FAULTS");
};

void add(report& to, const outcome& of, unsigned runs) {
  to.runs += runs;
  to.simulated = to.simulated + of.simulated;
  to.steps += of.steps;
  to.trace = of.trace;
  for (const std::string& each : of.named) {
    (void)to.reached[each];
  }
  for (const std::string& each : of.reached) {
    ++to.reached[each];
  }
  for (unsigned kind = 0; kind < fault_kinds; ++kind) {
    if (of.begun[kind] != 0) {
      to.faults[to_string(static_cast<fault_kind>(kind))] += of.begun[kind];
    }
  }
}

std::string told(const std::optional<failure>& of) {
  return of ? of->what + ", after " + seconds(of->at) : "no failure";
}

// That of the first one is not known to be of the seed, so it is not looked into.
void expect_same(const outcome& first, const outcome& second, std::uint64_t seed) {
  if (first.failed == second.failed && first.trace == second.trace) {
    return;
  }
  std::string what =
      "the same seed gave another run: something decides that is not drawn from it";
  if (first.failed || second.failed) {
    what += "\n  first: " + told(first.failed) + "\n  then: " + told(second.failed) + "\n ";
  }
  throw failing(what, seed, first.failed ? first.failed->at : first.simulated);
}

void run_seed(const options& how, const std::function<play()>& begin, std::uint64_t seed,
              const wishes& of, report& to) {
  const running runs(how, begin, seed, of.seed.has_value());
  const chosen faults = runs.faults_of(of.faults);
  const outcome end = runs.once(faults, true);
  add(to, end, 1);
  if (how.twice || end.failed) {
    expect_same(end, runs.once(faults), seed);
  }
  if (!end.failed) {
    return;
  }
  const chosen few = of.faults ? faults : runs.fewest(faults, *end.failed);
  const testkit::unexpected found =
      failing(end.failed->what + runs.told(few), seed, end.failed->at);
  if (end.failed->thrown) {
    std::fprintf(stderr, "%s\n", found.what());
    std::rethrow_exception(end.failed->thrown);
  }
  throw found;
}

}  // namespace

report perform(const options& how, std::optional<std::uint64_t> count,
               const std::function<play()>& begin) {
  if (how.nodes == 0) {
    throw error(errc::bad_argument, "a simulation of no node");
  }
  if (how.node.tls) {
    throw error(errc::bad_argument, "a simulation has no TLS: leave node.tls out");
  }
  const wishes of;
  if (of.seeds == 0U) {
    throw error(errc::bad_argument, "CASTY_SEEDS=0 in the environment: what does not run passes");
  }
  if (count == 0U) {
    throw error(errc::bad_argument, "no seed to explore: what does not run passes");
  }
  const std::uint64_t first = of.seed.value_or(how.seed);
  const std::uint64_t seeds = of.seed || !count ? 1 : of.seeds.value_or(*count);
  report all;
  std::set<std::uint64_t> traces;
  for (std::uint64_t done = 0; done < seeds; ++done) {
    run_seed(how, begin, first + done, of, all);
    traces.insert(all.trace);
  }
  all.distinct = static_cast<unsigned>(traces.size());
  for (const auto& [name, runs] : all.reached) {
    if (seeds > 1 && runs == 0) {
      throw failing('"' + name + "\" never came to pass in " + std::to_string(seeds) + " runs",
                    first, all.simulated);
    }
  }
  return all;
}

}  // namespace casty::simulation::detail
