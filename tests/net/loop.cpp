#include "net/loop.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include <boost/asio/post.hpp>
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
  const auto here = std::this_thread::get_id();
  std::vector<int> called;
  std::atomic<bool> has_been_here{false};
  std::atomic<bool> is_over{false};
  std::jthread other([&] {
    for (int each = 0; each < 1000 || !has_been_here; ++each) {
      of.on.call([&, each] {
        called.push_back(each);
        has_been_here = has_been_here || std::this_thread::get_id() == here;
      });
      std::this_thread::yield();
    }
    of.on.call([&] { is_over = true; });
  });
  while (!is_over) {
    of.wait(now() + duration::milliseconds(1));  // its own thread may have done the last
  }
  REQUIRE(called.size() >= 1000);
  for (std::size_t each = 0; each < called.size(); ++each) {
    REQUIRE(called[each] == static_cast<int>(each));
  }
}

TEST_CASE("net/loop: a wait ends at its time, and when it is interrupted before or meanwhile") {
  visited of;
  const duration soon = now() + duration::milliseconds(5);
  while (now() < soon) {
    of.wait(soon);
  }
  for (int each = 0; each < 200; ++each) {
    of.wait(now());
    of.on.interrupt();
    of.wait(duration::max());
    std::atomic<bool> has_interrupted{false};
    std::jthread other([&] {
      has_interrupted = true;
      of.on.interrupt();
    });
    while (!has_interrupted) {
      of.wait(duration::max());
    }
  }
}

TEST_CASE("net/loop: its own thread runs it where nobody comes") {
  visited of;
  std::atomic<bool> is_called{false};
  of.on.call([&] { is_called = true; });
  while (!is_called) {
    std::this_thread::yield();
  }
  of.wait(now());  // and gives it up to who comes to wait
}

TEST_CASE("net/loop: a look ends, however much there is to do") {
  visited of;
  std::atomic<bool> is_over{false};
  std::function<void()> again = [&] {
    if (!is_over) {
      boost::asio::post(of.on.context(), again);
    }
  };
  boost::asio::post(of.on.context(), again);
  while (!of.on.look()) {
    std::this_thread::yield();
  }
  is_over = true;
}

TEST_CASE("net/loop: nobody waits for one that does not run") {
  loop of;
  CHECK_FALSE(of.wait(duration::max()));
  CHECK_FALSE(of.look());
}

}  // namespace
