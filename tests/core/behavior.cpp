#include "casty/core/behavior.hpp"

#include <array>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using support::under_seeds;

struct Add {
  int number;
};
struct Get {
  casty::reply_to<int> reply_to;
};
struct Sum : casty::protocol<Add, Get> {};

static_assert(std::is_nothrow_move_constructible_v<behavior<Sum>>);
static_assert(std::is_convertible_v<casty::outcome, behavior<Sum>>);

// A state of any size and kind of copying.
template <class State>
behavior<Sum> sum_in(State state) {
  return behaviors::with_state<Sum>(
      std::move(state),
      [](State& held, Add m) {
        held.add(m.number);
        return behaviors::same;
      },
      [](const State& held, const Get& m) {
        m.reply_to.tell(held.sum());
        return behaviors::same;
      });
}

struct Small {
  int total = 0;
  void add(int number) { total += number; }
  [[nodiscard]] int sum() const { return total; }
};
struct Large {
  std::array<int, 100> all{};
  void add(int number) { all[99] += number; }
  [[nodiscard]] int sum() const { return all[99]; }
};
struct Text {
  std::string all;
  void add(int number) { all.append(static_cast<std::size_t>(number), 'x'); }
  [[nodiscard]] int sum() const { return static_cast<int>(all.size()); }
};
struct Owned {
  std::unique_ptr<int> total = std::make_unique<int>(0);
  void add(int number) { *total += number; }
  [[nodiscard]] int sum() const { return *total; }
};

template <class State>
void sums_up() {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(sum_in(State{}));
    to.tell(Add{3});
    to.tell(Add{4});
    CHECK(system.template ask<Get>(to).get() == 7);
  });
}

TEST_CASE("core/behavior: a state may be small, large, owning or move-only") {
  sums_up<Small>();
  sums_up<Large>();
  sums_up<Text>();
  sums_up<Owned>();
}

TEST_CASE("core/behavior: a copy is a fork, its messages leave the original alone") {
  casty::testkit::test_system system;
  const behavior<Sum> original = sum_in(Text{});
  const auto one = system.spawn(original);
  const auto two = system.spawn(behavior<Sum>(original));
  one.tell(Add{40});
  two.tell(Add{2});
  CHECK(system.ask<Get>(one).get() == 40);
  CHECK(system.ask<Get>(two).get() == 2);
}

TEST_CASE("core/behavior: what cannot be copied says so, and is left as it was") {
  behavior<Sum> original = sum_in(Owned{});
  CHECK_THROWS_AS(behavior<Sum>{original}, casty::error);
  casty::testkit::test_system system;
  const auto to = system.spawn(std::move(original));
  to.tell(Add{1});
  CHECK(system.ask<Get>(to).get() == 1);
}

TEST_CASE("core/behavior: is assigned over another of any kind") {
  behavior<Sum> made = behaviors::stopped;
  made = sum_in(Large{});
  made = sum_in(Text{});
  const behavior<Sum> copy = made;
  made = sum_in(Small{});
  made = copy;
  behavior<Sum>& alias = made;
  made = alias;
  casty::testkit::test_system system;
  const auto to = system.spawn(std::move(made));
  to.tell(Add{5});
  CHECK(system.ask<Get>(to).get() == 5);
}

// Each message makes a behavior of another type, or of the same: inline, boxed, owning.
behavior<Sum> turning(int total);

behavior<Sum> turning_large(int total, std::array<char, 200> ballast) {
  return behaviors::receive<Sum>(
      [=](Add m) -> behavior<Sum> {
        return m.number % 2 == 0 ? turning_large(total + m.number, ballast)
                                 : turning(total + m.number);
      },
      [=](const Get& m) {
        m.reply_to.tell(total + ballast[199]);
        return behaviors::same;
      });
}

behavior<Sum> turning(int total) {
  auto text = std::make_shared<std::string>(100, 'x');
  return behaviors::receive<Sum>(
      [=](Add m) -> behavior<Sum> {
        return m.number % 3 == 0 ? turning(total + m.number)
                                 : turning_large(total + m.number, {});
      },
      [=](const Get& m) {
        m.reply_to.tell(text->size() == 100 ? total : -1);
        return behaviors::same;
      });
}

TEST_CASE("core/behavior: any behavior follows any other") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(turning(0));
    int expected = 0;
    for (int number = 1; number <= 20; ++number) {
      to.tell(Add{number});
      expected += number;
    }
    CHECK(system.template ask<Get>(to).get() == expected);
  });
}

}  // namespace
