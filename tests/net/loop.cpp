#include "net/loop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace {

using casty::duration;
using casty::net::loop;

duration now() { return std::chrono::steady_clock::now().time_since_epoch(); }

// A loop, the thread that it has, and this one, which comes to run it.
struct visited {
  ~visited() {
    on.stop();
    owner.join();
  }
  void wait(duration until) {
    while (!on.wait(until)) {
      std::this_thread::yield();  // it has not begun
    }
  }

  loop on;
  std::thread owner{[this] { on.run(); }};
};

TEST_CASE("net/loop: who waits does what others call, in their order") {
  visited of;
  of.wait(now());
  std::vector<int> called;
  std::vector<std::thread::id> by;
  std::jthread other([&] {
    for (int each = 0; each < 1000; ++each) {
      of.on.call([&called, &by, each] {
        called.push_back(each);
        by.push_back(std::this_thread::get_id());
      });
    }
    of.on.call([&] { called.push_back(-1); });
  });
  const duration until = now() + duration::seconds(60);
  while ((called.empty() || called.back() != -1) && now() < until) {
    of.wait(until);
  }
  REQUIRE(called.size() == 1001);
  for (int each = 0; each < 1000; ++each) {
    CHECK(called[static_cast<std::size_t>(each)] == each);
  }
  CHECK(std::ranges::count(by, std::this_thread::get_id()) > 0);
}

TEST_CASE("net/loop: a wait ends at its time, and when it is interrupted") {
  visited of;
  const duration soon = now() + duration::milliseconds(5);
  while (now() < soon) {
    of.wait(soon);
  }
  std::jthread other([&] { of.on.interrupt(); });
  of.wait(duration::max());
}

TEST_CASE("net/loop: its own thread runs it where nobody comes") {
  visited of;
  std::atomic<bool> is_called{false};
  of.on.call([&] { is_called = true; });
  while (!is_called) {
    std::this_thread::yield();
  }
  CHECK(is_called);
}

TEST_CASE("net/loop: nobody waits for one that does not run") {
  loop of;
  CHECK_FALSE(of.wait(duration::max()));
  CHECK_FALSE(of.look());
}

}  // namespace
