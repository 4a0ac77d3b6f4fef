#include "casty/runtime/log.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;

std::string text_of(const casty::log_value& value) {
  switch (value.type()) {
    case casty::log_value::kind::text:
      return std::string(value.text());
    case casty::log_value::kind::integer:
      return std::to_string(value.integer());
    case casty::log_value::kind::natural:
      return std::to_string(value.natural()) + "u";
    case casty::log_value::kind::truth:
      return value.natural() != 0 ? "true" : "false";
    case casty::log_value::kind::real:
      return std::to_string(value.real());
  }
  return "?";
}

std::string text_of(const casty::log_line& line) {
  std::string text = std::to_string(static_cast<int>(line.level)) + " ";
  text.append(line.system).append(" ").append(line.actor).append(" ").append(line.text);
  for (const casty::log_field& field : line.fields) {
    text.append(" ").append(field.key).append("=").append(text_of(field.value));
  }
  return text;
}

using Lines = std::vector<std::string>;

casty::system_options into(Lines& lines, casty::log_level least) {
  return {.name = "logged", .log = least, .log_to = [&lines](const casty::log_line& line) {
            lines.push_back(text_of(line));
          }};
}

struct Say {};
struct Fail {};
struct Speaker : casty::protocol<Say, Fail> {};

casty::behavior<Speaker> speaker() {
  return behaviors::receive<Speaker>(
      [](casty::actor_context<Speaker>& ctx, Say) {
        ctx.log().debug("too quiet");
        ctx.log().info("said", {{"text", "a b"}, {"count", 3U}, {"cents", -5}, {"fine", true}});
        return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("boom"); });
}

TEST_CASE("runtime/log: lines carry the level, the system, the actor and typed fields") {
  Lines lines;
  casty::testkit::test_system system(1, into(lines, casty::log_level::info));
  auto ref = system.spawn(speaker(), "speaker");

  ref.tell(Say{});
  system.drain();
  system.log().warning("from outside");

  CHECK(lines == Lines{"2 logged /user/speaker said text=a b count=3u cents=-5 fine=true",
                       "3 logged  from outside"});
}

TEST_CASE("runtime/log: a failure is a line with the exception's type and text") {
  Lines lines;
  casty::testkit::test_system system(1, into(lines, casty::log_level::warning));

  system.spawn(speaker(), "speaker").tell(Fail{});
  system.drain();

  CHECK(lines == Lines{"4 logged /user/speaker actor failed, it stops "
                       "exception=std::runtime_error what=boom"});
}

TEST_CASE("runtime/log: below the level, and off, nothing is written") {
  Lines lines;
  casty::testkit::test_system system(1, into(lines, casty::log_level::off));

  system.spawn(speaker()).tell(Fail{});
  system.drain();
  system.log().error("no");

  CHECK(lines.empty());
}

TEST_CASE("runtime/log: a hook that throws harms nobody") {
  int lines = 0;
  casty::testkit::test_system system(
      1, {.name = "logged", .log = casty::log_level::info, .log_to = [&](const casty::log_line&) {
            ++lines;
            throw std::runtime_error("full");
          }});
  auto ref = system.spawn(speaker());

  ref.tell(Say{});
  ref.tell(Say{});
  system.drain();

  CHECK(lines == 2);
  CHECK(system.counts().handled == 2);
}

}  // namespace
