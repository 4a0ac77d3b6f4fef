#include "casty/core/behaviors.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::no_state;
using casty::outcome;
using casty::detail::fits;
using support::under_seeds;

struct Put {
  std::string key;
  int value;
};
struct Get {
  std::string key;
  casty::reply_to<int> reply_to;
};
struct Clear {};
struct Store : casty::protocol<Put, Get, Clear> {};
using Entries = std::map<std::string, int>;
using Context = casty::actor_context<Store>;

// The accepted space of one handler, the others being ignored, then the refused one.
template <class State, class Handler>
constexpr bool takes =
    fits<Store, State, Handler, std::remove_const_t<decltype(behaviors::ignore<Get, Clear>)>>;

constexpr auto by_value = [](Put) { return outcome::same; };
constexpr auto by_const = [](const Put&) { return outcome::same; };
constexpr auto by_move = [](Put&&) -> behavior<Store> { return outcome::same; };
constexpr auto with_context = [](Context&, const Put&) { return outcome::same; };
constexpr auto with_auto_context = [](auto& ctx, const Put&) {
  ctx.stop(ctx.self());
  return outcome::same;
};
constexpr auto with_all = [](Context&, const Entries&, Put) { return outcome::same; };
constexpr auto next_state = [](Entries&, Put) { return Entries{}; };
constexpr auto waits = [](Context&, Put) -> casty::task<behavior<Store>> {
  co_return outcome::same;
};
static_assert(takes<no_state, decltype(by_value)> && takes<no_state, decltype(by_const)>);
static_assert(takes<no_state, decltype(by_move)> && takes<no_state, decltype(with_context)>);
static_assert(takes<no_state, decltype(with_auto_context)> && takes<no_state, decltype(waits)>);
static_assert(takes<Entries, decltype(with_all)> && takes<Entries, decltype(next_state)>);
static_assert(takes<no_state, outcome (*)(Put)> && takes<no_state, outcome (*)(Put) noexcept>);

constexpr auto nothing = [](Put) {};
constexpr auto number = [](Put) { return 1; };
constexpr auto by_reference = [](Put&) { return outcome::same; };
constexpr auto turned_around = [](Put, Context&) { return outcome::same; };
constexpr auto of_other = [](casty::actor_context<Put>&, Put) { return outcome::same; };
constexpr auto any_message = [](const auto&) { return outcome::same; };
static_assert(!takes<no_state, decltype(nothing)> && !takes<no_state, decltype(number)>);
static_assert(!takes<no_state, decltype(by_reference)>);
static_assert(!takes<no_state, decltype(turned_around)> && !takes<no_state, decltype(of_other)>);
static_assert(!takes<no_state, decltype(next_state)> && !takes<no_state, decltype(with_all)>);
static_assert(!takes<no_state, decltype(any_message)>);
static_assert(!fits<Store, no_state, decltype(by_value)>);

constexpr auto with_auto_state = [](auto& ctx, auto& all, const Put& m) {
  all[m.key] = m.value;
  ctx.unstash_all();
  return outcome::same;
};
static_assert(takes<Entries, decltype(with_auto_state)>);

// The accepted space of `otherwise`, then the refused one.
template <class... Handlers>
constexpr bool rests =
    fits<Store, no_state, decltype(behaviors::otherwise(std::declval<Handlers>()))...>;

constexpr auto rest = [] { return outcome::same; };
constexpr auto rest_with_context = [](Context&) -> behavior<Store> { return outcome::same; };
constexpr auto rest_waits = [](auto&) -> casty::task<behavior<Store>> { co_return outcome::same; };
static_assert(rests<decltype(rest)> && rests<decltype(rest_with_context)>);
static_assert(rests<decltype(rest_waits)>);

constexpr auto rest_nothing = [] {};
constexpr auto rest_message = [](const Put&) { return outcome::same; };
constexpr auto rest_mutable = [count = 0]() mutable {
  return ++count == 1 ? outcome::same : outcome::stopped;
};
static_assert(!rests<decltype(rest_nothing)> && !rests<decltype(rest_message)>);
static_assert(!rests<decltype(rest_mutable)>);
static_assert(!rests<decltype(rest), decltype(rest_with_context)>);

behavior<Store> store(Entries entries) {
  return behaviors::with_state<Store>(
      std::move(entries),
      [](Entries& all, const Put& m) {
        all[m.key] = m.value;
        return behaviors::same;
      },
      [](const Entries& all, const Get& m) {
        m.reply_to.tell(all.at(m.key));
        return behaviors::same;
      },
      [](Entries&, Clear) { return Entries{{"cleared", 1}}; });
}

TEST_CASE("core/behaviors: a shared state changes in place, or is answered anew") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(store({}));
    to.tell(Put{"a", 7});
    CHECK(system.template ask<Get>(to, "a").get() == 7);
    to.tell(Clear{});
    CHECK(system.template ask<Get>(to, "cleared").get() == 1);
    CHECK(system.template ask<Get>(to, "a").wait().error() == casty::errc::no_reply);
  });
}

TEST_CASE("core/behaviors: what is ignored ends its ask, what is left is served by otherwise") {
  under_seeds<int>([](auto& system, int& others) {
    const auto to = system.spawn(behaviors::receive<Store>(
        behaviors::ignore<Get>,
        behaviors::otherwise([&others] {
          ++others;
          return behaviors::same;
        })));
    to.tell(Put{"a", 1});
    to.tell(Clear{});
    CHECK(system.template ask<Get>(to, "a").wait().error() == casty::errc::no_reply);
    CHECK(others == 2);
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("core/behaviors: otherwise may take the context and answer a behavior") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(behaviors::receive<Store>(behaviors::otherwise(
        [](Context& ctx) -> behavior<Store> {
          ctx.self().tell(Put{"told", 5});
          return store({});
        })));
    to.tell(Clear{});
    system.drain();
    CHECK(system.template ask<Get>(to, "told").get() == 5);
  });
}

TEST_CASE("core/behaviors: otherwise may wait, its context stays") {
  under_seeds<int>([](auto& system, int&) {
    const auto shop = system.spawn(store({{"a", 7}}));
    const auto to = system.spawn(behaviors::receive<Store>(
        behaviors::otherwise([shop](Context& ctx) -> casty::task<behavior<Store>> {
          const int found = co_await ctx.ask<Get>(shop, std::string("a"));
          ctx.self().tell(Put{"found", found});
          co_return store({});
        })));
    to.tell(Clear{});
    system.drain();
    CHECK(system.template ask<Get>(to, "found").get() == 7);
  });
}

TEST_CASE("core/behaviors: a protocol may be empty, for an actor that only has children") {
  struct Nothing : casty::protocol<> {};
  under_seeds<int>([](auto& system, int& put) {
    (void)system.spawn(behaviors::setup<Nothing>([&put](casty::actor_context<Nothing>& ctx) {
      ctx.spawn(behaviors::receive<Put>([&put](const Put& m) {
           put += m.value;
           return behaviors::same;
         }))
          .tell(Put{"a", 7});
      return behaviors::receive<Nothing>();
    }));
    system.drain();
    CHECK(put == 7);
  });
}

// Counts how many of its kind are alive; its copy may throw.
struct Fussy {
  static inline int alive = 0;
  explicit Fussy(int first) : value(std::make_shared<int>(first)) { ++alive; }
  Fussy(const Fussy& other) : value(other.value) {
    other.check();
    ++alive;
  }
  Fussy& operator=(const Fussy& other) {
    other.check();
    value = other.value;
    return *this;
  }
  ~Fussy() { --alive; }
  void check() const {
    if (*value < 0) {
      throw std::runtime_error("no copy");
    }
  }
  std::shared_ptr<int> value;
};

TEST_CASE("core/behaviors: a next state whose move throws fails its actor, and no more") {
  struct Next {
    int number;
  };
  struct Look {
    casty::reply_to<int> reply_to;
  };
  struct Turns : casty::protocol<Next, Look> {};
  under_seeds<int>([](auto& system, int&) {
    {
      const auto to = system.spawn(behaviors::with_state<Turns>(
          Fussy(1),
          [](Fussy&, Next m) {
            Fussy next(0);
            *next.value = m.number;
            return next;
          },
          [](const Fussy& now, const Look& m) {
            m.reply_to.tell(*now.value);
            return behaviors::same;
          }));
      to.tell(Next{2});
      CHECK(system.template ask<Look>(to).get() == 2);
      to.tell(Next{-1});
      CHECK(system.template ask<Look>(to).wait().error() == casty::errc::dead_target);
    }
    CHECK(Fussy::alive == 0);
  });
}

TEST_CASE("core/behaviors: a message by value or by && is moved out of its envelope") {
  struct Owned {
    std::unique_ptr<int> value;
  };
  struct Text {
    std::string value;
  };
  struct Movers : casty::protocol<Owned, Text> {};
  under_seeds<std::vector<int>>([](auto& system, std::vector<int>& seen) {
    const auto to = system.spawn(behaviors::receive<Movers>(
        [&seen](Owned m) {
          seen.push_back(*m.value);
          return behaviors::same;
        },
        [&seen](Text&& m) {
          const std::string taken = std::move(m.value);
          seen.push_back(static_cast<int>(taken.size()));
          return behaviors::same;
        }));
    to.tell(Owned{std::make_unique<int>(1)});
    to.template tell<Text>(std::string(100, 'x'));
    system.drain();
    CHECK(seen == std::vector<int>{1, 100});
  });
}

TEST_CASE("core/behaviors: a spawned outcome stops at once, or is refused") {
  casty::testkit::test_system system;
  const auto gone = system.spawn(behavior<Clear>(behaviors::stopped), "gone");
  CHECK(system.drain());
  gone.tell(Clear{});
  CHECK(system.drain());
  CHECK(system.counts().dead == 1);
  CHECK_THROWS_AS((void)system.spawn(behavior<Clear>(behaviors::same)), casty::error);
}

}  // namespace
