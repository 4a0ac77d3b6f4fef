#include "casty/core/request.hpp"

#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;

struct First {
  casty::reply_to<int> reply_to;
  int number;
};
struct Middle {
  int number;
  casty::reply_to<int> reply_to;
  std::string text = {};
};
struct Last {
  std::string text;
  int number = 5;
  casty::reply_to<int> reply_to;
};
struct None {
  int number;
};
struct Both {
  casty::reply_to<int> one;
  casty::reply_to<int> two;
};

static_assert(casty::request<First> && casty::request<Middle> && casty::request<Last>);
static_assert(!casty::request<None> && !casty::request<Both> && !casty::request<int>);
static_assert(std::is_same_v<casty::answer_of<Middle>, int>);

struct Shapes : casty::protocol<First, Middle, Last> {};

casty::behavior<Shapes> shapes() {
  return behaviors::receive<Shapes>(
      [](const First& m) {
        m.reply_to.tell(m.number);
        return behaviors::same;
      },
      [](const Middle& m) {
        m.reply_to.tell(m.number + static_cast<int>(m.text.size()));
        return behaviors::same;
      },
      [](const Last& m) {
        m.reply_to.tell(m.number * static_cast<int>(m.text.size()));
        return behaviors::same;
      });
}

TEST_CASE("core/request: the reply_to is filled in wherever it stands") {
  casty::testkit::test_system system;
  const auto to = system.spawn(shapes());
  std::string text = "three";
  CHECK(system.ask<First>(to, 1).get() == 1);
  CHECK(system.ask<Middle>(to, 1, "two").get() == 4);
  CHECK(system.ask<Middle>(to, 1).get() == 1);
  CHECK(system.ask<Last>(to, text, 2).get() == 10);
}

TEST_CASE("core/request: a lambda builds it around the reply, typed or not") {
  casty::testkit::test_system system;
  const auto to = system.spawn(shapes());
  CHECK(system.ask(to, [](auto reply) { return First{reply, 3}; }).get() == 3);
  CHECK(system.ask(to, [](casty::reply_to<int> reply) { return First{reply, 4}; }).get() == 4);
  CHECK(system.ask(to, [](auto) { return First{casty::ignored, 4}; }).wait().error() ==
        casty::errc::no_reply);
}

}  // namespace
