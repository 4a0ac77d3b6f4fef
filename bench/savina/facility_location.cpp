// What does it cost to open facilities for customers that come one after the other, when each
// part of the land is an actor that may split into four?
#include <array>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct point {
  double x;
  double y;
};
struct box {
  point low;
  point high;

  [[nodiscard]] point middle() const noexcept {
    return {(low.x + high.x) / 2, (low.y + high.y) / 2};
  }
  [[nodiscard]] std::size_t quarter_of(point at) const noexcept {
    return (at.x < middle().x ? 0U : 1U) + (at.y < middle().y ? 0U : 2U);
  }
  [[nodiscard]] box quarter(std::size_t number) const noexcept {
    const point half = middle();
    const bool right = number % 2 == 1;
    const bool upper = number / 2 == 1;
    return {{right ? half.x : low.x, upper ? half.y : low.y},
            {right ? high.x : half.x, upper ? high.y : half.y}};
  }
};

struct totals {
  std::int64_t customers = 0;
  std::int64_t facilities = 0;
  std::int64_t cost = 0;  // rounded for each part, and so the same in any order

  totals& operator+=(const totals& other) noexcept {
    customers += other.customers;
    facilities += other.facilities;
    cost += other.cost;
    return *this;
  }
  friend bool operator==(const totals&, const totals&) = default;
};

// A customer pays the way to the nearest facility that its part of the land knows; when all
// have paid as much as a facility costs, one opens in the middle, and the part splits.
constexpr double facility_cost = 25;
constexpr int depth_max = 8;

struct part {
  box land;
  std::vector<point> known;  // facilities of the parts around it
  int depth = 0;
  totals now = {};
  double paid = 0;

  // True when a facility opens.
  bool take(point customer) {
    double least = 2;
    for (const point& each : known) {
      least = std::min(least, std::hypot(each.x - customer.x, each.y - customer.y));
    }
    ++now.customers;
    paid += least;
    if (paid < facility_cost || depth == depth_max) {
      return false;
    }
    known.push_back(land.middle());
    ++now.facilities;
    return true;
  }
  [[nodiscard]] totals own() const {
    totals of = now;
    of.cost = std::llround(paid * 1'000);
    return of;
  }
  [[nodiscard]] part quarter(std::size_t number) const {
    return {land.quarter(number), known, depth + 1};
  }
};

const part whole_land{{{0, 0}, {1, 1}}, {{0.5, 0.5}}};

std::vector<point> customers(std::int64_t count) {
  std::mt19937_64 random(1);
  std::vector<point> all;
  for (std::int64_t each = 0; each < count; ++each) {
    const double x = static_cast<double>(random() >> 11) * 0x1p-53;
    const double y = static_cast<double>(random() >> 11) * 0x1p-53;
    all.push_back({x * x, y});  // more of them in the west
  }
  return all;
}

// The same one after the other, to compare with.
struct sequential {
  explicit sequential(const part& first) : of(first) {}

  void take(point customer) {
    if (!quarters.empty()) {
      quarters[of.land.quarter_of(customer)].take(customer);
    } else if (of.take(customer)) {
      for (std::size_t each = 0; each < 4; ++each) {
        quarters.emplace_back(of.quarter(each));
      }
    }
  }
  [[nodiscard]] totals all() const {
    totals sum = of.own();
    for (const sequential& each : quarters) {
      sum += each.all();
    }
    return sum;
  }

  part of;
  std::vector<sequential> quarters;
};

struct Customer {
  point at;
};
struct Summed {
  totals of;
};
struct Sum {
  casty::actor_ref<Summed> to;
};
struct Quadrant : casty::protocol<Customer, Sum, Summed> {};

struct quadrant_state {
  part of;
  std::vector<casty::actor_ref<Quadrant>> quarters = {};
  totals sum = {};
  std::size_t left = 0;
  std::optional<casty::actor_ref<Summed>> to = {};
};

// The quarters of the whole land go round the workers, theirs live with them.
casty::behavior<Quadrant> quadrant(const part& first) {
  using context = casty::actor_context<Quadrant>;
  return behaviors::with_state<Quadrant>(
      quadrant_state{first},
      [](context& ctx, quadrant_state& of, const Customer& m) {
        if (!of.quarters.empty()) {
          of.quarters[of.of.land.quarter_of(m.at)].tell(m);
        } else if (of.of.take(m.at)) {
          for (std::size_t each = 0; each < 4; ++each) {
            auto made = quadrant(of.of.quarter(each));
            of.quarters.push_back(of.of.depth == 0 ? ctx.system().spawn(std::move(made))
                                                   : ctx.spawn(std::move(made)));
          }
        }
        return behaviors::same;
      },
      [](context& ctx, quadrant_state& of, const Sum& m) -> casty::outcome {
        of.sum = of.of.own();
        of.to = m.to;
        of.left = of.quarters.size();
        for (const auto& each : of.quarters) {
          each.tell(Sum{ctx.self()});
        }
        if (of.left > 0) {
          return behaviors::same;
        }
        of.to->tell(Summed{of.sum});
        return behaviors::stopped;
      },
      [](quadrant_state& of, const Summed& m) -> casty::outcome {
        of.sum += m.of;
        if (--of.left > 0) {
          return behaviors::same;
        }
        of.to->tell(Summed{of.sum});
        return behaviors::stopped;
      });
}

struct Start {
  std::shared_ptr<const std::vector<point>> customers;
  casty::reply_to<totals> reply;
};
struct Producer : casty::protocol<Summed, Start> {};

casty::behavior<Producer> producer() {
  return behaviors::with_state<Producer>(
      std::optional<casty::reply_to<totals>>(),
      [](std::optional<casty::reply_to<totals>>& reply, const Summed& m) {
        reply->tell(m.of);
        return behaviors::stopped;
      },
      [](casty::actor_context<Producer>& ctx, std::optional<casty::reply_to<totals>>& reply,
         const Start& m) {
        reply = m.reply;
        const auto land = ctx.system().spawn(quadrant(whole_land));
        for (const point& each : *m.customers) {
          land.tell(Customer{each});
        }
        land.tell(Sum{ctx.self()});
        return behaviors::same;
      });
}

void facility_location(benchmark::State& state) {
  const auto all =
      std::make_shared<const std::vector<point>>(customers(bench::size(100'000, 1'000)));
  sequential check(whole_land);
  for (const point& each : *all) {
    check.take(each);
  }
  const totals expected = check.all();
  bench::measure_whole(state, [&](casty::actor_system& system) {
    const auto root = system.spawn(producer());
    const totals found = system.ask<Start>(root, all).within(bench::patience).get();
    bench::require(found == expected, "a customer or a facility is missing");
  });
}
BENCHMARK(facility_location)->Apply(bench::on_workers);

}  // namespace
