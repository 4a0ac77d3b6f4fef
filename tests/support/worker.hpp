/// @file
/// An actor to be failed: it notes what happens to it, and counts its notes.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"

namespace support {

using Log = std::vector<std::string>;

struct Note {
  std::string text;
};
struct Fail {
  std::string text = "failed";
};
struct Again {};
struct Quit {};
struct Count {
  casty::reply_to<int> reply_to;
};
struct Worker : casty::protocol<Note, Fail, Again, Quit, Count> {};

inline casty::behavior<Worker> worker(Log& log, int count = 0) {
  namespace behaviors = casty::behaviors;
  return behaviors::receive<Worker>(
      [=, &log](const Note& m) {
        log.push_back(m.text);
        return worker(log, count + 1);
      },
      [](const Fail& m) -> casty::outcome { throw std::runtime_error(m.text); },
      [](Again) { return behaviors::restart; }, [](Quit) { return behaviors::stopped; },
      [=](const Count& m) {
        m.reply_to.tell(count);
        return behaviors::same;
      });
}

/// A log in one line, which doctest prints.
inline std::string told(const Log& log) {
  std::string all;
  for (const std::string& each : log) {
    all += all.empty() ? each : "; " + each;
  }
  return all;
}

inline std::string text_of(const std::exception_ptr& failure) {
  if (failure == nullptr) {
    return "nothing";
  }
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something";
  }
}

/// Hooks that note their moments.
inline casty::lifecycle_hooks<Worker> noting(Log& log, const std::string& name) {
  return {.pre_start = [=, &log] { log.push_back(name + " pre_start"); },
          .post_stop = [=, &log] { log.push_back(name + " post_stop"); },
          .pre_restart =
              [=, &log](auto&, const std::exception_ptr& why) {
                log.push_back(name + " pre_restart: " + text_of(why));
              },
          .post_restart = [=, &log] { log.push_back(name + " post_restart"); }};
}

/// How often each event was published.
struct Lives {
  int started = 0;
  int restarted = 0;
  int stopped = 0;

  void listen(casty::actor_system& system) {
    system.event_stream().subscribe([this](const casty::actor_started&) { ++started; });
    system.event_stream().subscribe([this](const casty::actor_restarted&) { ++restarted; });
    system.event_stream().subscribe([this](const casty::actor_stopped&) { ++stopped; });
  }
  friend bool operator==(const Lives&, const Lives&) = default;
};

/// What an actor has counted; -1 when it is gone.
template <class Protocol>
int count_of(casty::actor_system& system, const casty::actor_ref<Protocol>& actor) {
  const auto answer = system.ask<Count>(actor).wait();
  return answer.has_value() ? *answer : -1;
}

inline std::uint64_t dead(casty::actor_system& system, casty::dead_letter_reason reason) {
  return system.counts().dead_of(reason);
}

}  // namespace support
