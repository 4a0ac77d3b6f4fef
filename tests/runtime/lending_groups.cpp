// Siblings that stand together while some of them live on other workers.
#include <algorithm>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "runtime/worker.hpp"
#include "support/seeds.hpp"
#include "support/worker.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::testkit::test_system;
using support::Count;
using support::Fail;

constexpr unsigned workers = 3;
constexpr std::size_t members = 6;

struct Turn {};
struct Join {
  casty::directive in_failure;
};
struct Member : casty::protocol<Turn, Join, Fail, Count> {};
struct Begin {};

behavior<Member> member(int turns);

// All that it is becomes its state in the group: a restart goes back to where it joined.
behavior<Member> joined(casty::directive in_failure) {
  return behaviors::supervise(
      behaviors::setup<Member>([](auto&) { return member(0); }),
      casty::all_for_one_strategy{
          .decider = casty::decider([=](const std::exception_ptr&) { return in_failure; })});
}

behavior<Member> member(int turns) {
  return behaviors::receive<Member>(
      [turns](Turn) { return member(turns + 1); },
      [](const Join& m) { return joined(m.in_failure); },
      [](const Fail& m) -> casty::outcome { throw std::runtime_error(m.text); },
      [turns](const Count& m) {
        m.reply_to.tell(turns);
        return behaviors::same;
      });
}

struct Family {
  std::vector<casty::actor_ref<Member>> all;

  // Children that have moved, as far as their seed says so, and one that has not joined.
  void start(test_system& system, casty::directive in_failure) {
    system.spawn(behaviors::receive<Begin>([this](auto& ctx, Begin) {
      for (std::size_t each = 0; each < members + 1; ++each) {
        all.push_back(ctx.spawn(member(0)));
        turns(all.back(), 3);
      }
      return behaviors::same;
    })).tell(Begin{});
    system.run();
    for (std::size_t each = 0; each < members; ++each) {
      all[each].tell(Join{in_failure});
    }
    for (const auto& each : all) {
      turns(each, 2);
    }
    system.run();
  }
  static void turns(const casty::actor_ref<Member>& to, int count) {
    for (int each = 0; each < count; ++each) {
      to.tell(Turn{});
    }
  }
  [[nodiscard]] std::vector<int> counts(test_system& system) const {
    std::vector<int> found;
    for (const auto& each : all) {
      found.push_back(support::count_of(system, each));
    }
    return found;
  }
  [[nodiscard]] bool is_scattered() const {
    const auto home = [](const auto& ref) {
      return casty::detail::load(casty::detail::ref_access::get(ref).actor->owner);
    };
    return std::any_of(all.begin(), all.begin() + members,
                       [&](const auto& each) { return home(each) != home(all.front()); });
  }
};

// Fails one after the other of the members; gives how often the group was scattered.
template <class Check>
int fail_each(casty::directive in_failure, const Check& check) {
  int scattered = 0;
  support::under_seeds<Family>(
      [&](test_system& system, Family& family) {
        family.start(system, in_failure);
        REQUIRE((family.counts(system) == std::vector<int>{2, 2, 2, 2, 2, 2, 5}));
        scattered += family.is_scattered() ? 1 : 0;
        family.all[system.seed() % members].tell(Fail{});
        REQUIRE(system.drain());
        check(system, family);
      },
      workers);
  return scattered;
}

TEST_CASE("runtime/lending_groups: a restart is that of the group, wherever its members are") {
  const int scattered =
      fail_each(casty::directive::restart, [](test_system& system, Family& family) {
        CHECK((family.counts(system) == std::vector<int>{0, 0, 0, 0, 0, 0, 5}));
      });
  CHECK(scattered > 20);
}

TEST_CASE("runtime/lending_groups: a stop is that of the group, wherever its members are") {
  const int scattered = fail_each(casty::directive::stop, [](test_system& system, Family& family) {
    CHECK((family.counts(system) == std::vector<int>{-1, -1, -1, -1, -1, -1, 5}));
  });
  CHECK(scattered > 20);
}

}  // namespace
