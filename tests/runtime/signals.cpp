#include "runtime/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;

bool is_taken(int signal) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler != SIG_DFL;
}

// Without the handlers of doctest, which come back at the end.
class plain_signals {
 public:
  plain_signals() {
    ::sigaction(SIGINT, nullptr, &interrupt_);
    ::sigaction(SIGTERM, nullptr, &terminate_);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
  }
  plain_signals(const plain_signals&) = delete;
  plain_signals& operator=(const plain_signals&) = delete;
  ~plain_signals() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
  }

 private:
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

struct Look {};

// Sends the process a signal, once somebody takes it.
casty::behavior<Look> sender_of(int signal, std::vector<std::string>& log) {
  return behaviors::with_lifecycle(
      behaviors::receive<Look>([=](casty::actor_context<Look>& ctx, Look) {
        if (is_taken(signal)) {
          // To the process: the thread that runs the system takes it, which made the handler.
          ::kill(::getpid(), signal);
        } else {
          ctx.timers().once("look", Look{}, 1ms);
        }
        return behaviors::same;
      }),
      {.post_stop = [&log] { log.emplace_back("stopped"); }});
}

TEST_CASE("runtime/signals: a server stops in order on SIGINT and on SIGTERM") {
  const plain_signals plain;
  for (const int signal : {SIGINT, SIGTERM}) {
    std::vector<std::string> log;
    casty::actor_system system({.name = "server", .workers = 1});
    const auto sender = system.spawn(sender_of(signal, log));
    sender.tell(Look{});
    CHECK(system.run_until_signal());
    CHECK(log == std::vector<std::string>{"stopped"});
    CHECK_FALSE(is_taken(signal));
  }
}

TEST_CASE("runtime/signals: it ends when another thread terminates the system") {
  const plain_signals plain;
  casty::actor_system system({.name = "server", .workers = 1});
  std::thread other([&] {
    while (!is_taken(SIGTERM)) {
      std::this_thread::yield();
    }
    system.terminate();
  });
  system.run_until_signal();
  other.join();
  CHECK(system.run_until_signal());
}

TEST_CASE("runtime/signals: neither within an actor nor on seams of the caller's") {
  casty::testkit::test_system test;
  CHECK_THROWS_AS(test.run_until_signal(), casty::error);

  struct Run {
    casty::reply_to<bool> reply_to;
  };
  casty::actor_system system({.name = "server", .workers = 1});
  const auto within = system.spawn(behaviors::receive<Run>(
      [](casty::actor_context<Run>& ctx, const Run& m) {
        try {
          ctx.system().run_until_signal();
        } catch (const casty::error& refused) {
          m.reply_to.tell(refused.code() == casty::errc::would_block);
        }
        return behaviors::same;
      }));
  CHECK(system.ask<Run>(within).get());
}

}  // namespace
