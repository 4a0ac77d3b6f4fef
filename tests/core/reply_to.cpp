#include "casty/core/reply_to.hpp"

#include <memory>
#include <optional>
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
using casty::errc;
using casty::reply_to;
using support::under_seeds;

struct Answering : casty::protocol<int, std::string> {};

static_assert(sizeof(reply_to<int>) == 2 * sizeof(void*));
static_assert(!std::is_default_constructible_v<reply_to<int>>);
static_assert(std::is_constructible_v<reply_to<int>, casty::ignored_t>);
static_assert(std::is_convertible_v<casty::actor_ref<Answering>, reply_to<int>>);
static_assert(!std::is_convertible_v<casty::actor_ref<Answering>, reply_to<double>>);

struct Ask {
  casty::reply_to<std::string> reply_to;
};

// Hands each request to the test, which decides what becomes of its reply_to.
using Taken = std::vector<reply_to<std::string>>;

casty::behavior<Ask> hand_over(Taken& taken) {
  return behaviors::receive<Ask>([&taken](Ask&& m) {
    taken.push_back(std::move(m.reply_to));
    return behaviors::same;
  });
}

TEST_CASE("core/reply_to: the first answer of any copy counts, later ones are dead letters") {
  struct World {
    Taken taken;
    int late = 0;
  };
  under_seeds<World>([](auto& system, World& world) {
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      world.late += letter.reason == casty::dead_letter_reason::late_reply ? 1 : 0;
      CHECK(letter.message.find("string") != std::string::npos);
    });
    const auto to = system.spawn(behaviors::receive<Ask>([](const Ask& m) {
      const auto copy = m.reply_to;
      copy.tell("first");
      m.reply_to.tell("second");
      m.reply_to.tell("third");
      return behaviors::same;
    }));
    CHECK(system.template ask<Ask>(to).get() == "first");
    system.drain();
    CHECK(world.late == 2);
  });
}

TEST_CASE("core/reply_to: copies, moves and assignments keep the count") {
  under_seeds<Taken>([](auto& system, Taken& taken) {
    const auto to = system.spawn(hand_over(taken));
    auto asked = system.template ask<Ask>(to);
    system.run();
    REQUIRE(taken.size() == 1);
    std::optional<reply_to<std::string>> copy = taken[0];
    reply_to<std::string> moved = std::move(taken[0]);
    taken.clear();
    const reply_to<std::string>& alias = moved;
    moved = alias;
    moved = reply_to<std::string>(casty::ignored);
    *copy = reply_to<std::string>(*copy);
    copy->tell("still there");
    CHECK(asked.get() == "still there");
  });
}

TEST_CASE("core/reply_to: the last copy that goes unanswered ends the ask") {
  under_seeds<Taken>([](auto& system, Taken& taken) {
    const auto to = system.spawn(hand_over(taken));
    auto asked = system.template ask<Ask>(to);
    system.run();
    {
      const auto copy = taken[0];
      taken.clear();
    }
    CHECK(asked.wait().error() == errc::no_reply);
  });
}

TEST_CASE("core/reply_to: nobody is told when nobody waits") {
  under_seeds<Taken>([](auto& system, Taken& taken) {
    const auto to = system.spawn(hand_over(taken));
    to.tell(Ask{casty::ignored});
    system.drain();
    taken[0].tell("unheard");
    taken[0].tell("unheard");
    CHECK(system.drain());
  });
}

TEST_CASE("core/reply_to: an asker that has given up leaves nothing behind") {
  under_seeds<Taken>([](auto& system, Taken& taken) {
    const auto to = system.spawn(hand_over(taken));
    {
      const auto dropped = system.template ask<Ask>(to);
    }
    system.run();
    taken[0].tell(std::string(1000, 'x'));
    CHECK(system.drain());
  });
}

struct Fussy {
  explicit Fussy(int number) : value(number) {}
  Fussy(const Fussy& other) : value(other.value) {
    if (value < 0) {
      throw std::runtime_error("no copy");
    }
  }
  Fussy& operator=(const Fussy&) = default;
  int value;
};
struct AskFussy {
  casty::reply_to<Fussy> reply_to;
};

TEST_CASE("core/reply_to: an answer that throws when moved ends the ask, and says so") {
  under_seeds<int>([](auto& system, int& thrown) {
    const auto to = system.spawn(behaviors::receive<AskFussy>([&thrown](const AskFussy& m) {
      Fussy answer(1);
      answer.value = -1;
      try {
        m.reply_to.tell(answer);
      } catch (const std::runtime_error&) {
        ++thrown;
      }
      return behaviors::same;
    }));
    CHECK(system.template ask<AskFussy>(to).wait().error() == errc::no_reply);
    CHECK(thrown == 1);
  });
}

struct alignas(64) Aligned {
  char bytes[64];
};
struct Huge {
  char bytes[100'000];
};
struct AskAligned {
  casty::reply_to<Aligned> reply_to;
};
struct AskHuge {
  casty::reply_to<Huge> reply_to;
};

TEST_CASE("core/reply_to: answers may be large, and aligned to a cache line") {
  struct Sizes : casty::protocol<AskAligned, AskHuge> {};
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(behaviors::receive<Sizes>(
        [](const AskAligned& m) {
          Aligned answer{};
          answer.bytes[63] = 1;
          m.reply_to.tell(answer);
          return behaviors::same;
        },
        [](const AskHuge& m) {
          Huge answer{};
          answer.bytes[99'999] = 2;
          m.reply_to.tell(answer);
          return behaviors::same;
        }));
    CHECK(system.template ask<AskAligned>(to).get().bytes[63] == 1);
    CHECK(system.template ask<AskHuge>(to).get().bytes[99'999] == 2);
  });
}

struct Load {
  std::unique_ptr<int> value;
  casty::reply_to<std::unique_ptr<int>> reply_to;
};

TEST_CASE("core/reply_to: messages and answers may be move-only") {
  under_seeds<int>([](auto& system, int&) {
    const auto to = system.spawn(behaviors::receive<Load>([](Load&& m) {
      ++*m.value;
      m.reply_to.tell(std::move(m.value));
      return behaviors::same;
    }));
    CHECK(*system.template ask<Load>(to, std::make_unique<int>(3)).get() == 4);
  });
}

}  // namespace
