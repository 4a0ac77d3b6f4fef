#include "simulation/fabric.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/core/error.hpp"
#include "simulation/network.hpp"
#include "support/bytes.hpp"

namespace {

using casty::duration;
using casty::net::stream;
using casty::simulation::fabric;
using casty::simulation::simulated_network;
using casty::simulation::world;
using support::bytes_of;
using support::text_of;

// One end of a stream, and what it was told.
struct end final : casty::net::stream_events {
  void received(casty::byte_view bytes) override { got += text_of(bytes); }
  void drained() override { ++drains; }
  void closed(std::string_view why) override { reason = why; }

  void begin(std::unique_ptr<stream> with) {
    over = std::move(with);
    over->start(*this);
  }

  std::unique_ptr<stream> over;
  std::string got;
  unsigned drains = 0;
  std::string reason;
};

// A stream from a to b.
struct two_ends {
  explicit two_ends(std::uint64_t seed = 1) : all(seed), over(all), a(over, "a:1"), b(over, "b:1") {
    listening = b.listen("b:1", [this](std::unique_ptr<stream> made) {
      right.begin(std::move(made));
    });
    calling = a.connect("b:1", [this](std::unique_ptr<stream> made, std::string_view) {
      left.begin(std::move(made));
    });
    all.run_for(duration::seconds(1));
  }
  void write(std::string_view text) {
    written += text;
    left.over->write(bytes_of(text));
  }

  world all;
  fabric over;
  simulated_network a;
  simulated_network b;
  end left;
  end right;
  std::string written;
  std::unique_ptr<casty::net::operation> listening;
  std::unique_ptr<casty::net::operation> calling;
};

TEST_CASE("simulation/fabric: bytes arrive in order, and then the end of the stream") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    two_ends of(seed);
    of.over.lose(0.2);
    for (unsigned each = 0; each < 50; ++each) {
      of.write(std::to_string(each) + ' ');
      of.all.run_for(duration::milliseconds(2));
    }
    CHECK(of.left.drains == 50);
    of.left.over.reset();
    of.all.run_for(duration::seconds(60));
    CHECK(of.right.got == of.written);
    CHECK(of.right.reason == "it is closed by the other side");
  }
}

TEST_CASE("simulation/fabric: as many packets are lost as are said, and come later") {
  for (const double part : {0.0, 0.3, 0.7, 0.999}) {
    two_ends of;
    of.over.lose(part);
    unsigned late = 0;
    for (unsigned each = 0; each < 1000; ++each) {
      of.write("x");
      of.all.run_for(duration::milliseconds(100));
      late += of.right.got.size() < of.written.size() ? 1 : 0;
      of.all.run_for(duration::seconds(1));
    }
    CHECK(of.right.got == of.written);
    CHECK(late / 1000.0 == doctest::Approx(part).epsilon(0.1));
  }
}

TEST_CASE("simulation/fabric: nobody takes an address that is taken, or answers at another") {
  two_ends of;
  CHECK_THROWS_AS((void)of.a.listen("b:1", [](std::unique_ptr<stream>) {}), casty::error);
  std::vector<std::string> told;
  const auto call = [&](const std::string& address) {
    return of.a.connect(address, [&told](std::unique_ptr<stream> made, std::string_view why) {
      told.emplace_back(made == nullptr ? why : "made");
    });
  };
  const auto one = call("c:1");
  of.all.run_for(duration::seconds(1));
  CHECK(told == std::vector<std::string>{"connection refused"});
  of.over.unplug("b:1");
  const auto two = call("b:1");
  of.all.run_for(duration::seconds(60));
  CHECK(told.size() == 1);
  of.over.plug_in("b:1");
  of.all.run_for(duration::seconds(2));
  CHECK(told.size() == 2);
}

TEST_CASE("simulation/fabric: who is not acknowledged gives up after 2 s, in either direction") {
  for (const bool there : {true, false}) {
    two_ends of;
    there ? of.over.cut("a:1", "b:1") : of.over.cut("b:1", "a:1");
    of.write("lost");
    of.all.run_for(duration::milliseconds(1900));
    CHECK(of.left.reason.empty());
    of.all.run_for(duration::milliseconds(200));
    CHECK(of.left.reason == "nothing is acknowledged any more");
    CHECK(of.right.got == (there ? "" : "lost"));
    CHECK(of.right.reason.empty());  // it does not know
  }
}

TEST_CASE("simulation/fabric: what a cut was too short for arrives after it") {
  two_ends of;
  of.over.cut("a:1", "b:1");
  of.write("late");
  of.all.run_for(duration::milliseconds(1500));
  CHECK(of.right.got.empty());
  of.over.mend("a:1", "b:1");
  of.all.run_for(duration::seconds(1));
  CHECK(of.right.got == "late");
  of.all.run_for(duration::seconds(10));
  CHECK(of.left.reason.empty());
}

TEST_CASE("simulation/fabric: nobody gives up what is held back") {
  two_ends of;
  of.over.hold("a:1", "b:1");
  of.write("very late");
  of.all.run_for(duration::seconds(600));
  CHECK(of.right.got.empty());
  CHECK(of.left.reason.empty());
  of.over.release("a:1", "b:1");
  of.all.run_for(duration::seconds(1));
  CHECK(of.right.got == "very late");
}

TEST_CASE("simulation/fabric: a link takes so many bytes a second, for all connections together") {
  two_ends of;
  of.over.between("a:1", "b:1").bytes_per_second = 1000;
  of.write(std::string(5000, 'x'));
  of.all.run_for(duration::seconds(2));
  CHECK(of.right.got.size() < 2500);
  of.all.run_for(duration::seconds(4));
  CHECK(of.right.got.size() == 5000);
}

TEST_CASE("simulation/fabric: over a late link all that is written is as late") {
  two_ends of;
  of.over.between("a:1", "b:1").delay = duration::seconds(1);
  of.write("one");
  of.all.run_for(duration::milliseconds(500));
  of.write("two");
  of.all.run_for(duration::milliseconds(490));
  CHECK(of.right.got.empty());
  of.all.run_for(duration::milliseconds(60));
  CHECK(of.right.got == "one");
  of.all.run_for(duration::milliseconds(440));
  CHECK(of.right.got == "one");
  of.left.over.reset();
  of.all.run_for(duration::milliseconds(60));
  CHECK(of.right.got == "onetwo");
  CHECK(of.right.reason.empty());
  of.all.run_for(duration::milliseconds(950));
  CHECK(of.right.reason == "it is closed by the other side");
}

TEST_CASE("simulation/fabric: who is not read has no room after a while") {
  two_ends of;
  of.over.hold("a:1", "b:1");
  unsigned writes = 0;
  while (writes < 100 && of.left.drains == writes) {
    of.write(std::string(64 * 1024, 'x'));
    of.all.run_for(duration::milliseconds(10));
    ++writes;
  }
  CHECK(writes < 10);
  of.over.release("a:1", "b:1");
  of.all.run_for(duration::seconds(2));
  CHECK(of.left.drains == writes);
  CHECK(of.right.got == of.written);
}

TEST_CASE("simulation/fabric: the end of a process is heard over its links, after its last "
          "words or in place of them") {
  bool are_heard = false;
  bool are_lost = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    two_ends of(seed);
    of.over.cut("a:1", "b:1");
    of.write("last words");
    of.a.end(false);
    of.all.run_for(duration::seconds(1));
    CHECK(of.right.reason.empty());
    of.over.mend("a:1", "b:1");
    of.all.run_for(duration::seconds(1));
    const bool is_torn = of.right.reason == "the connection is reset";
    CHECK((is_torn || of.right.reason == "it is closed by the other side"));
    CHECK(of.right.got == (is_torn ? "" : "last words"));
    are_heard = are_heard || !is_torn;
    are_lost = are_lost || is_torn;
    CHECK(of.left.reason.empty());
  }
  CHECK(are_heard);
  CHECK(are_lost);
}

TEST_CASE("simulation/fabric: a reset is told to both ends, half an end to none") {
  two_ends of;
  of.over.leave_half_open("a:1", "b:1");
  of.all.run_for(duration::seconds(60));
  CHECK(of.left.reason.empty());
  of.write("nowhere");
  of.all.run_for(duration::seconds(5));
  CHECK(of.left.reason == "nothing is acknowledged any more");
  CHECK(of.right.got.empty());

  two_ends other;
  other.over.reset("b:1", "");
  other.all.run_for(duration::seconds(1));
  CHECK(other.left.reason == "the connection is reset");
  CHECK(other.right.reason == "the connection is reset");
}

}  // namespace
