// A node that counts what the other tells it, and prints what it sees of it. See half_open.py.
//
//     half_open HOST OTHER_HOST
//
// Words on stdin: `look` for the other, `talk` to it from now on, and in the end `count`.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "casty/cluster.hpp"

namespace behaviors = casty::behaviors;
using casty::actor_ref;
using casty::behavior;

struct Line {
  std::uint64_t number;
};
struct GetHeard {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Listener : casty::protocol<Line, GetHeard> {};

// One that is lost, doubled or out of order ends the count.
behavior<Listener> listener() {
  return behaviors::with_state<Listener>(
      std::uint64_t{0},
      [](std::uint64_t& heard, const Line& m) {
        heard += heard == m.number ? 1 : 0;
        return behaviors::same;
      },
      [](std::uint64_t& heard, const GetHeard& m) {
        m.reply_to.tell(heard);
        return behaviors::same;
      });
}

struct Talk {};
struct Next {};
struct Stop {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Talker : casty::protocol<Talk, Next, Stop> {};

behavior<Talker> talker(actor_ref<Listener> to) {
  return behaviors::with_state<Talker>(
      std::uint64_t{0},
      [](casty::actor_context<Talker>& ctx, std::uint64_t&, Talk) {
        ctx.timers().every("next", Next{}, casty::duration::milliseconds(2));
        return behaviors::same;
      },
      [to](std::uint64_t& said, Next) {
        to.tell(Line{said++});
        return behaviors::same;
      },
      [](casty::actor_context<Talker>& ctx, std::uint64_t& said, const Stop& m) {
        ctx.timers().cancel("next");
        m.reply_to.tell(said);
        return behaviors::same;
      });
}

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

int run(const std::string& host, const std::string& other) {
  casty::clustered_actor_system node(
      {.name = "half-open",
       .host = host,
       .port = 25520,
       .secret = "sesame",
       .log_to = [](const casty::log_line& line) { say(std::string(line.text)); }});
  node.spawn(listener(), "listener");
  say("ready");
  std::string word;
  std::cin >> word;  // look
  const auto far = node.lookup<Listener>("/user/listener", other + ":25520").get();
  const auto talking = node.spawn(talker(far));
  say("found");
  while (std::cin >> word) {
    if (word == "talk") {
      talking.tell(Talk{});
    } else {
      const std::uint64_t said = node.ask<Stop>(talking).get();
      const std::uint64_t heard =
          node.ask<GetHeard>(far).within(casty::duration::seconds(60)).get();
      say(std::to_string(said) + " said, " + std::to_string(heard) + " heard in order");
    }
  }
  return 0;
}

int main(int argument_count, char** arguments) {
  try {
    return argument_count == 3 ? run(arguments[1], arguments[2]) : 2;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
