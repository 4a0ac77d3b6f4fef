// Ping-pong between two processes. In one terminal
//
//     19_two_nodes
//
// which says where it listens, and in another
//
//     19_two_nodes HOST:PORT [ROUNDS]
//
// Both read the secret of their cluster from CASTY_SECRET, where it is set.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "casty/cluster.hpp"

namespace behaviors = casty::behaviors;
using casty::actor_ref;
using casty::behavior;

struct Pong {
  std::uint64_t number;
};
struct Ping {
  std::uint64_t number;
  actor_ref<Pong> answer_to;
};
struct Hello {
  std::string name;
  casty::reply_to<std::string> reply_to;
};
struct Player : casty::protocol<Ping, Hello> {};

// A ref in a message leads back to the other process.
behavior<Player> player() {
  return behaviors::receive<Player>(
      [](const Ping& m) {
        m.answer_to.tell(Pong{m.number});
        return behaviors::same;
      },
      [](const Hello& m) {
        m.reply_to.tell("hello " + m.name);
        return behaviors::same;
      });
}

struct Play {
  std::uint64_t rounds;
  casty::reply_to<std::uint64_t> reply_to;
};
struct Challenger : casty::protocol<Play, Pong> {};

struct Game {
  std::uint64_t rounds = 0;
  std::uint64_t played = 0;
  casty::reply_to<std::uint64_t> done = casty::ignored;
};

behavior<Challenger> challenger(actor_ref<Player> other) {
  return behaviors::with_state<Challenger>(
      Game{},
      [=](casty::actor_context<Challenger>& ctx, Game& game, const Play& m) {
        game = {m.rounds, 0, m.reply_to};
        other.tell(Ping{0, ctx.self()});
        return behaviors::same;
      },
      [=](casty::actor_context<Challenger>& ctx, Game& game, Pong) {
        if (++game.played == game.rounds) {
          game.done.tell(game.played);
        } else {
          other.tell(Ping{game.played, ctx.self()});
        }
        return behaviors::same;
      });
}

casty::cluster_options options() {
  const char* secret = std::getenv("CASTY_SECRET");
  return {.name = "ping-pong", .secret = secret == nullptr ? "" : secret};
}

int serve() {
  casty::clustered_actor_system node(options());
  node.spawn(player(), "player");
  std::printf("listening at %s\n", node.address().c_str());
  std::fflush(stdout);
  return node.run_until_signal() ? 0 : 1;
}

int play(const std::string& address, std::uint64_t rounds) {
  casty::clustered_actor_system node(options());
  const auto other = node.lookup<Player>("/user/player", address).get();
  std::printf("%s\n", node.ask<Hello>(other, "from afar").get().c_str());
  std::fflush(stdout);

  const auto begun = std::chrono::steady_clock::now();
  const auto played = node.ask<Play>(node.spawn(challenger(other)), rounds)
                          .within(casty::duration::seconds(600))
                          .get();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
  std::printf("%llu rounds, %.1f us each\n", static_cast<unsigned long long>(played),
              took.count() / static_cast<double>(played));
  return 0;
}

int main(int argument_count, char** arguments) {
  try {
    if (argument_count == 1) {
      return serve();
    }
    return play(arguments[1], argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1000);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
