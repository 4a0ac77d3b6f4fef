/// @file
/// A process that has a journal persist all it can, killed at any moment.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/persistence.hpp"
#include "casty/testkit/test_system.hpp"

namespace support {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::duration;
using open_journal = std::function<casty::journal()>;

inline constexpr unsigned entities = 16;

struct Counted {
  std::uint64_t number = 0;
  std::string filling;
};
struct Next {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Last {
  casty::reply_to<std::uint64_t> reply_to;
};
struct Counter : casty::protocol<Next, Last> {};

inline behavior<Counter> counter(unsigned entity, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "entity " + std::to_string(entity),
      .journal = std::move(journal),
      .initial_state = std::uint64_t{0},
      .on_event = casty::on_event<Counted>([](const std::uint64_t& last, const Counted& e) {
        if (e.number != last + 1) {
          throw std::logic_error("a gap, or one twice");
        }
        return e.number;
      }),
      .on_command = casty::on_command<Counter>(
          [](const std::uint64_t& last, const Next& m) {
            m.reply_to.tell(last + 1);
            return behaviors::persisted(Counted{last + 1, std::string(last % 300, 'x')});
          },
          [](const std::uint64_t& last, const Last& m) {
            m.reply_to.tell(last);
            return behaviors::same;
          }),
      .snapshots = {.events = 100},
  });
}

// What the process says of each answer: one write to a pipe, which is whole.
struct answered {
  std::uint32_t entity;
  std::uint32_t number;
};

// Until it is killed.
[[noreturn]] inline void count_for_ever(const open_journal& open, int answers) {
  casty::actor_system system({.name = "killed", .workers = 2, .log = casty::log_level::off});
  const auto journal = open();
  std::vector<casty::actor_ref<Counter>> all;
  for (unsigned each = 0; each < entities; ++each) {
    all.push_back(system.spawn(counter(each, journal)));
  }
  for (;;) {
    std::vector<casty::future<std::uint64_t>> asked;
    for (const auto& each : all) {
      asked.push_back(system.ask<Next>(each).within(duration::seconds(60)));
    }
    for (unsigned each = 0; each < entities; ++each) {
      const answered said{each, static_cast<std::uint32_t>(asked[each].get())};
      if (::write(answers, &said, sizeof(said)) != sizeof(said)) {
        std::_Exit(1);
      }
    }
  }
}

// Reads what it says until `enough` answers have come, kills it, and reads the rest.
inline void run_and_kill(const open_journal& open, std::uint64_t enough,
                         std::vector<std::uint64_t>& last) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    try {
      count_for_ever(open, ends[1]);
    } catch (...) {
      std::_Exit(1);  // the parent sees an end too soon
    }
  }
  ::close(ends[1]);
  struct killing {
    pid_t child;
    ~killing() {
      if (child > 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
      }
    }
  } at_the_end{child};
  answered said{};
  for (std::uint64_t count = 0; ::read(ends[0], &said, sizeof(said)) == sizeof(said); ++count) {
    REQUIRE(said.number == last[said.entity] + 1);
    last[said.entity] = said.number;
    if (count == enough) {
      ::kill(child, SIGKILL);
    }
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(std::exchange(at_the_end.child, 0), &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

/// Kills it `CASTY_KILLS` times, or ten: what was answered is there, once, without a gap.
inline void kill_again_and_again(const open_journal& open) {
  const char* given = std::getenv("CASTY_KILLS");
  const int kills = given != nullptr ? std::atoi(given) : 10;
  std::vector<std::uint64_t> last(entities, 0);
  casty::testkit::seeded_random chance(static_cast<std::uint64_t>(kills));
  for (int each = 0; each < kills; ++each) {
    CAPTURE(each);
    run_and_kill(open, chance.next() % 400, last);
    casty::actor_system system({.name = "after", .workers = 1, .log = casty::log_level::warning});
    const auto journal = open();
    for (unsigned entity = 0; entity < entities; ++entity) {
      const auto found = system.ask<Last>(system.spawn(counter(entity, journal))).wait();
      REQUIRE(found.has_value());
      // The last ones may be durable without having been told.
      REQUIRE(*found >= last[entity]);
      REQUIRE(*found <= last[entity] + 2);
      last[entity] = *found;
    }
  }
}

}  // namespace support
