#include "net/lead.hpp"

#include <atomic>
#include <cstdint>
#include <thread>

#include <doctest/doctest.h>

namespace {

using casty::net::lead;

TEST_CASE("net/lead: one has it at a time") {
  lead of;
  CHECK(of.take_as_visitor());
  CHECK_FALSE(of.take_as_visitor());
  CHECK_FALSE(of.is_owners());
  of.give_back(true);
  CHECK(of.take_as_visitor());
}

TEST_CASE("net/lead: the owner leads where nobody comes, until somebody wants to") {
  lead of;
  std::jthread owner([&] {
    while (of.take_as_owner()) {
      while (!of.is_wanted()) {
        std::this_thread::yield();
      }
      of.give_back_as_owner();
    }
  });
  while (!of.is_owners()) {
    std::this_thread::yield();
  }
  CHECK_FALSE(of.take_as_visitor());
  while (!of.take_as_visitor()) {
    of.want();
    std::this_thread::yield();
  }
  CHECK_FALSE(of.is_owners());
  of.give_back(true);
  while (!of.is_owners()) {
    std::this_thread::yield();
  }
  of.end();
  of.want();
}

TEST_CASE("net/lead: the owner does not leave it to who comes too seldom") {
  lead of;
  std::atomic<bool> has_led{false};
  std::jthread owner([&] {
    while (of.take_as_owner()) {
      has_led = true;
      of.give_back_as_owner();
    }
  });
  while (!has_led) {
    if (of.take_as_visitor()) {
      of.give_back(false);
    }
    std::this_thread::yield();
  }
  of.end();
}

TEST_CASE("net/lead: an owner that sleeps wakes when the visitor leaves, and at the end") {
  for (const bool leaves : {true, false}) {
    lead of;
    REQUIRE(of.take_as_visitor());
    std::atomic<bool> has_led{false};
    std::jthread owner([&] {
      while (of.take_as_owner()) {
        has_led = true;
        of.give_back_as_owner();
      }
    });
    if (leaves) {
      of.give_back(true);
      while (!has_led) {
        std::this_thread::yield();
      }
    }
    of.end();
  }
}

TEST_CASE("net/lead: what one has done is seen by the next") {
  constexpr unsigned turns = 20'000;
  lead of;
  std::uint64_t done = 0;
  std::atomic<bool> is_over{false};
  std::jthread owner([&] {
    while (of.take_as_owner()) {
      while (!of.is_wanted() && !is_over) {
        ++done;
      }
      of.give_back_as_owner();
    }
  });
  const auto visit = [&] {
    for (unsigned left = turns; left > 0;) {
      if (of.take_as_visitor()) {
        ++done;
        --left;
        of.give_back(true);
      } else {
        of.want();
        std::this_thread::yield();
      }
    }
  };
  std::jthread one(visit);
  std::jthread other(visit);
  one.join();
  other.join();
  is_over = true;
  of.end();
  owner.join();
  CHECK(done >= 2 * turns);
}

}  // namespace
