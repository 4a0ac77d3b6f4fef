#include "casty/core/ref.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using support::under_seeds;

struct A {
  int value;
};
struct B {
  int value;
};
struct C {
  int value;
};
struct All : casty::protocol<A, B, C> {};
using First = casty::protocol<A, B>;
using Turned = casty::protocol<C, A>;

static_assert(sizeof(casty::actor_ref<All>) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<casty::actor_ref<All>>);
static_assert(!std::is_default_constructible_v<casty::actor_ref<All>>);
static_assert(std::is_convertible_v<casty::actor_ref<All>, casty::actor_ref<Turned>>);
static_assert(std::is_convertible_v<casty::actor_ref<Turned>, casty::actor_ref<C>>);
static_assert(!std::is_convertible_v<casty::actor_ref<First>, casty::actor_ref<All>>);
static_assert(!std::is_convertible_v<casty::actor_ref<A>, casty::actor_ref<B>>);

using Seen = std::vector<std::string>;

casty::behavior<All> recorder(Seen& seen) {
  const auto note = [&seen](const char* name, int value) {
    seen.push_back(name + std::to_string(value));
    return behaviors::same;
  };
  return behaviors::receive<All>([note](A m) { return note("A", m.value); },
                                 [note](B m) { return note("B", m.value); },
                                 [note](C m) { return note("C", m.value); });
}

TEST_CASE("core/ref: narrowed once, twice and in another order it still means the same") {
  under_seeds<Seen>([](auto& system, Seen& seen) {
    const casty::actor_ref<All> all = system.spawn(recorder(seen));
    const casty::actor_ref<First> first = all;
    const casty::actor_ref<Turned> turned = all;
    const casty::actor_ref<C> only = turned;
    const casty::actor_ref<A> also = casty::actor_ref<casty::protocol<A, C>>(turned);
    all.tell(A{1});
    first.tell(B{2});
    turned.tell(C{3});
    turned.tell(A{4});
    only.tell(C{5});
    also.template tell<A>(6);
    system.drain();

    CHECK(seen == Seen{"A1", "B2", "C3", "A4", "C5", "A6"});
    CHECK(all == only);
    CHECK(turned == also);
    CHECK_FALSE(all == system.spawn(recorder(seen)));
  });
}

struct Costly {
  explicit Costly(bool fails) : value(fails ? throw std::runtime_error("no") : 1) {}
  int value;
};
struct Fussy {
  Fussy() = default;
  Fussy(const Fussy& other) : fails(other.fails) {
    if (fails) {
      throw std::runtime_error("no copy");
    }
  }
  Fussy& operator=(const Fussy&) = default;
  bool fails = false;
};

TEST_CASE("core/ref: when building the message throws, nothing was sent") {
  under_seeds<int>([](auto& system, int& seen) {
    struct Both : casty::protocol<Costly, Fussy> {};
    const auto to = system.spawn(behaviors::receive<Both>(
        [&seen](const Costly&) {
          ++seen;
          return behaviors::same;
        },
        [&seen](const Fussy&) {
          ++seen;
          return behaviors::same;
        }));
    CHECK_THROWS_AS(to.template tell<Costly>(true), std::runtime_error);
    Fussy fussy;
    fussy.fails = true;
    CHECK_THROWS_AS(to.tell(fussy), std::runtime_error);
    to.template tell<Costly>(false);
    fussy.fails = false;
    to.tell(fussy);
    system.drain();
    CHECK(seen == 2);
    CHECK(system.counts().sent == 2);
  });
}

struct alignas(64) Aligned {
  char bytes[64];
};
struct Huge {
  char bytes[100'000];
};

TEST_CASE("core/ref: messages may be large, and aligned to a cache line") {
  under_seeds<int>([](auto& system, int& sum) {
    struct Sizes : casty::protocol<Aligned, Huge> {};
    const auto to = system.spawn(behaviors::receive<Sizes>(
        [&sum](const Aligned& m) {
          CHECK(reinterpret_cast<std::size_t>(&m) % 64 == 0);
          sum += m.bytes[63];
          return behaviors::same;
        },
        [&sum](const Huge& m) {
          sum += m.bytes[99'999];
          return behaviors::same;
        }));
    Aligned aligned{};
    aligned.bytes[63] = 1;
    to.tell(aligned);
    Huge huge{};
    huge.bytes[99'999] = 2;
    to.tell(huge);
    system.drain();
    CHECK(sum == 3);
  });
}

}  // namespace
