// What does it cost to sum thousands of digits of pi by workers that compute a term at a time?
#include <algorithm>
#include <vector>

#include "support/whole.hpp"

namespace {

namespace behaviors = casty::behaviors;

// A fixed-point number below 2^32, its whole part first.
using digits = std::vector<std::uint32_t>;

void add(digits& to, const digits& other) {
  std::uint64_t carry = 0;
  for (std::size_t at = to.size(); at-- > 0;) {
    carry += std::uint64_t{to[at]} + other[at];
    to[at] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
}
void subtract(digits& from, const digits& other) {
  std::uint64_t borrow = 0;
  for (std::size_t at = from.size(); at-- > 0;) {
    const std::uint64_t difference = std::uint64_t{from[at]} - other[at] - borrow;
    from[at] = static_cast<std::uint32_t>(difference);
    borrow = difference >> 63;
  }
}
void divide(digits& number, std::uint32_t by) {
  std::uint64_t rest = 0;
  for (std::uint32_t& digit : number) {
    rest = rest << 32 | digit;
    digit = static_cast<std::uint32_t>(rest / by);
    rest %= by;
  }
}

// `above` / (16^power * `below`)
digits fraction(std::size_t length, std::uint32_t above, std::uint32_t power, std::uint32_t below) {
  digits made(length);
  const std::size_t bit = std::size_t{power} * 4;  // after the point
  const std::uint64_t shifted = (std::uint64_t{above} << 32) >> (bit % 32);
  const std::size_t at = bit / 32;
  if (at < length) {
    made[at] = static_cast<std::uint32_t>(shifted >> 32);
  }
  if (at + 1 < length) {
    made[at + 1] = static_cast<std::uint32_t>(shifted);
  }
  divide(made, below);
  return made;
}

// Of the sum of Bailey, Borwein and Plouffe.
digits term(std::size_t length, std::uint32_t number) {
  digits made = fraction(length, 4, number, 8 * number + 1);
  subtract(made, fraction(length, 2, number, 8 * number + 4));
  subtract(made, fraction(length, 1, number, 8 * number + 5));
  subtract(made, fraction(length, 1, number, 8 * number + 6));
  return made;
}

// `by` times the arc tangent of 1 / `of`.
digits arc_tangent(std::size_t length, std::uint32_t by, std::uint32_t of) {
  digits power(length);
  power[0] = by;
  divide(power, of);
  digits sum = power;
  for (std::uint32_t odd = 3;
       std::any_of(power.begin(), power.end(), [](auto d) { return d != 0; }); odd += 2) {
    divide(power, of * of);
    digits part = power;
    divide(part, odd);
    odd % 4 == 3 ? subtract(sum, part) : add(sum, part);
  }
  return sum;
}

// Machin's formula, by which the result is checked.
digits by_hand(std::size_t length) {
  digits pi = arc_tangent(length, 16, 5);
  subtract(pi, arc_tangent(length, 4, 239));
  return pi;
}

struct Work {
  std::uint32_t term;
};
struct Exit {};
struct Worker : casty::protocol<Work, Exit> {};
struct Result {
  digits term;
  casty::actor_ref<Worker> from;
};
struct setting {
  std::size_t length;  // of numbers
  std::uint32_t terms;
  std::uint32_t workers;
};
struct Start {
  setting of;
  casty::reply_to<digits> reply;
};
struct Master : casty::protocol<Result, Start> {};

casty::behavior<Worker> worker(std::size_t length, casty::actor_ref<Master> to) {
  return behaviors::receive<Worker>(
      [=](casty::actor_context<Worker>& ctx, Work m) {
        to.tell(Result{term(length, m.term), ctx.self()});
        return behaviors::same;
      },
      [](Exit) { return behaviors::stopped; });
}

struct master_state {
  setting of = {};
  std::uint32_t given = 0;  // terms
  std::uint32_t taken = 0;
  digits sum = {};
  std::optional<casty::reply_to<digits>> reply = {};
};

void give(master_state& now, const casty::actor_ref<Worker>& to) {
  if (now.given < now.of.terms) {
    to.tell(Work{now.given++});
  } else {
    to.tell(Exit{});
  }
}

casty::behavior<Master> master() {
  return behaviors::with_state<Master>(
      master_state{},
      [](master_state& now, const Result& m) -> casty::outcome {
        add(now.sum, m.term);
        give(now, m.from);
        if (++now.taken < now.of.terms) {
          return behaviors::same;
        }
        now.reply->tell(std::move(now.sum));
        return behaviors::stopped;
      },
      [](casty::actor_context<Master>& ctx, master_state& now, const Start& m) {
        now.of = m.of;
        now.sum.resize(m.of.length);
        now.reply = m.reply;
        for (std::uint32_t each = 0; each < m.of.workers; ++each) {
          give(now, ctx.system().spawn(worker(m.of.length, ctx.self())));
        }
        return behaviors::same;
      });
}

void pi_precision(benchmark::State& state) {
  // 16,000 bits are 4,816 decimal digits; each term gives four bits.
  const auto length = static_cast<std::size_t>(bench::size(501, 17));
  const setting of{length, static_cast<std::uint32_t>((length - 1) * 8), 20};
  const digits expected = by_hand(length);
  bench::measure_whole(state, [&](casty::actor_system& system) {
    const auto root = system.spawn(master());
    const digits found = system.ask<Start>(root, of).within(bench::patience).get();
    // What is cut off adds up in the last word.
    bench::require(std::equal(found.begin(), found.end() - 1, expected.begin()),
                   "a digit of pi is wrong");
  });
}
BENCHMARK(pi_precision)->Apply(bench::on_workers);

}  // namespace
