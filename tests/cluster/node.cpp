#include "cluster/node.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "net/frame.hpp"
#include "support/cluster_world.hpp"

namespace {

using casty::actor_ref;
using casty::behavior;
using casty::duration;
using casty::errc;
using casty::simulation::address_of;
using support::cluster_world;
namespace behaviors = casty::behaviors;

struct Add {
  std::int64_t number;
};
struct GetSum {
  casty::reply_to<std::int64_t> reply_to;
};
struct Keep {
  casty::reply_to<std::int64_t> reply_to;
};
struct Stop {};
struct Counter;
// Passes a ref on, and gets one back.
struct Lend {
  actor_ref<Counter> other;
  casty::reply_to<actor_ref<Counter>> reply_to;
};
struct Counter : casty::protocol<Add, GetSum, Keep, Lend, Stop> {};

struct State {
  std::int64_t sum = 0;
  std::vector<casty::reply_to<std::int64_t>> kept = {};
};

behavior<Counter> counter() {
  return behaviors::with_state<Counter>(
      State{},
      [](State& s, const Add& m) {
        s.sum = s.sum * 3 + m.number;  // order matters
        return behaviors::same;
      },
      [](State& s, const GetSum& m) {
        m.reply_to.tell(s.sum);
        return behaviors::same;
      },
      [](State& s, const Keep& m) {
        s.kept.push_back(m.reply_to);
        return behaviors::same;
      },
      [](State&, const Lend& m) {
        m.other.tell(Add{1000});
        m.reply_to.tell(m.other);
        return behaviors::same;
      },
      [](State&, Stop) { return behaviors::stopped; });
}

TEST_CASE("cluster/node: an actor of another node is found, told and asked") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(counter(), "counter");
  auto found = here.lookup<Counter>("/user/counter", address_of(1)).wait();
  REQUIRE(found.has_value());
  std::int64_t expected = 0;
  for (std::int64_t each = 0; each < 20; ++each) {
    found->tell(Add{each});
    expected = expected * 3 + each;
  }
  CHECK(here.ask<GetSum>(*found).wait().value() == expected);
}

TEST_CASE("cluster/node: what is not there is not found") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(counter(), "counter");
  CHECK(here.lookup<Counter>("/user/nobody", address_of(1)).wait().error() == errc::dead_target);
  CHECK(here.lookup<Add>("/user/counter", address_of(1)).wait().error() == errc::schema_mismatch);
  CHECK(here.lookup<Counter>("/user/counter", "nobody:1").wait().error() == errc::timeout);
}

TEST_CASE("cluster/node: refs and askers cross nodes, and come back as what they were") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(counter(), "counter");
  const auto own = here.spawn(counter());
  const auto far = here.lookup<Counter>("/user/counter", address_of(1)).wait().value();
  SUBCASE("one of this node") {
    CHECK(here.ask<Lend>(far, own).wait().value() == own);
    world.all.run_for(duration::seconds(1));
    CHECK(here.ask<GetSum>(own).wait().value() == 1000);
  }
  SUBCASE("one of that node") {
    CHECK(here.ask<Lend>(far, far).wait().value() == far);
    CHECK(here.ask<GetSum>(far).wait().value() == 1000);
  }
  SUBCASE("one of a third node") {
    auto& third = world[2];
    third.spawn(counter(), "third");
    const auto other = here.lookup<Counter>("/user/third", address_of(2)).wait().value();
    CHECK(here.ask<Lend>(far, other).wait().value() == other);
    world.all.run_for(duration::seconds(1));
    CHECK(here.ask<GetSum>(other).wait().value() == 1000);
  }
}

TEST_CASE("cluster/node: an actor of the node itself is found without the network") {
  cluster_world world(1);
  auto& here = world[0];
  const auto own = here.spawn(counter(), "counter");
  CHECK(here.lookup<Counter>("/user/counter", address_of(0)).get() == own);
  CHECK(here.lookup<Counter>("/user/nobody", address_of(0)).wait().error() == errc::dead_target);
  CHECK(here.lookup<Add>("/user/counter", address_of(0)).wait().error() == errc::schema_mismatch);
}

// Answers by way of somebody else.
struct Forward {
  casty::reply_to<std::int64_t> reply_to;
  actor_ref<GetSum> by;
};
behavior<Forward> forwarder() {
  return behaviors::receive<Forward>([](const Forward& m) {
    m.by.tell(GetSum{m.reply_to});
    return behaviors::same;
  });
}

struct GetText {
  std::uint32_t bytes;
  casty::reply_to<std::string> reply_to;
};

TEST_CASE("cluster/node: an answer over the limit of frames is a failure, and the next one goes") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(behaviors::receive<GetText>([](const GetText& m) {
                m.reply_to.tell(std::string(m.bytes, 'x'));
                return behaviors::same;
              }),
              "texts");
  const auto far = here.lookup<GetText>("/user/texts", address_of(1)).wait().value();
  CHECK(here.ask<GetText>(far, casty::net::frame_bytes_max).wait().error() ==
        errc::bad_argument);
  CHECK(here.ask<GetText>(far, 5U).wait().value() == "xxxxx");
}

TEST_CASE("cluster/node: an asker may come back to his own node") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(forwarder(), "forwarder");
  const auto own = here.spawn(counter());
  own.tell(Add{3});
  const auto far = here.lookup<Forward>("/user/forwarder", address_of(1)).wait().value();
  CHECK(here.ask<Forward>(far, actor_ref<GetSum>(own)).wait().value() == 3);
}

TEST_CASE("cluster/node: an ask ends when it is dropped there, and when its node is lost") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(counter(), "counter");
  const auto far = here.lookup<Counter>("/user/counter", address_of(1)).wait().value();
  support::events_of<casty::node_lost> lost(here);
  auto kept = here.ask<Keep>(far).within(duration::seconds(100));
  world.all.run_for(duration::seconds(1));
  CHECK(!kept.is_ready_within({}));
  SUBCASE("its actor stops") {
    far.tell(Stop{});
    CHECK(kept.wait().error() == errc::no_reply);
  }
  SUBCASE("its node is killed") {
    world.all[1].kill();
    CHECK(kept.wait().error() == errc::unavailable);
  }
  SUBCASE("its node cannot be reached") {
    world.all.cut(0, 1);
    CHECK(kept.wait().error() == errc::unavailable);
    CHECK(lost.all.size() == 1);
  }
}

// The counter as another build of the program knows it.
struct OtherAdd {
  std::int64_t number;
  bool is_doubled = false;
};
struct OtherKeep {
  casty::reply_to<std::int32_t> reply_to;
};
struct OtherCounter : casty::protocol<GetSum, OtherAdd, OtherKeep> {};

}  // namespace

template <>
struct casty::schema<OtherAdd> {
  static constexpr std::string_view name = "Add";
};
template <>
struct casty::schema<OtherKeep> {
  static constexpr std::string_view name = "Keep";
};
template <>
struct casty::schema<OtherCounter> {
  static constexpr std::string_view name = "Counter";
};

namespace {

TEST_CASE("cluster/node: a message of another layout is refused, the others are served") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  support::events_of<casty::schema_mismatch> here_said(here);
  support::events_of<casty::schema_mismatch> there_said(there);
  const auto own = there.spawn(counter(), "counter");
  own.tell(Add{5});
  const auto far = here.lookup<OtherCounter>("/user/counter", address_of(1)).wait().value();
  far.tell(OtherAdd{1, true});
  far.tell(OtherAdd{2, true});
  CHECK(here.ask<OtherKeep>(far).wait().error() == errc::schema_mismatch);
  CHECK(here.ask<GetSum>(far).wait().value() == 5);
  REQUIRE(here_said.all.size() == 2);
  REQUIRE(there_said.all.size() == 2);
  CHECK(here_said.all[0].address == address_of(1));
  CHECK(here_said.all[0].type == "Add");
  CHECK(here_said.all[0].field == "field 2: bool here, nothing there");
  CHECK(there_said.all[0].field == "field 2: nothing here, bool there");
  CHECK(there_said.all[0].here == here_said.all[0].there);
  CHECK(there_said.all[1].field == "field 1: reply<i64> here, reply<i32> there");
}

struct Watcher : casty::protocol<casty::terminated> {};

behavior<Watcher> watcher(actor_ref<Counter> of, int& told) {
  return behaviors::setup<Watcher>([=, &told](casty::actor_context<Watcher>& ctx) {
    ctx.watch(of);
    return behaviors::receive<Watcher>([=, &told](const casty::terminated& gone) {
      told += gone.ref == of ? 1 : 100;
      return behaviors::same;
    });
  });
}

TEST_CASE("cluster/node: who watches an actor of another node is told of its end") {
  cluster_world world(1);
  auto& here = world[0];
  auto& there = world[1];
  there.spawn(counter(), "counter");
  const auto far = here.lookup<Counter>("/user/counter", address_of(1)).wait().value();
  int told = 0;
  here.spawn(watcher(far, told));
  world.all.run_for(duration::seconds(1));
  CHECK(told == 0);
  SUBCASE("it stops") { far.tell(Stop{}); }
  SUBCASE("its node is killed") { world.all[1].kill(); }
  SUBCASE("its node is started anew") {
    world.all[1].kill();
    world.all[1].start();
    world[1].spawn(counter(), "counter");
  }
  SUBCASE("its node cannot be reached") { world.all.cut(0, 1); }
  world.all.run_for(duration::seconds(20));
  CHECK(told == 1);
  far.tell(Add{1});
  CHECK(here.ask<GetSum>(far).wait().error() == errc::dead_target);
}

TEST_CASE("cluster/node: what was meant for one run of a node does not reach the next") {
  cluster_world world(1);
  auto& here = world[0];
  world[1].spawn(counter(), "counter");
  const auto far = here.lookup<Counter>("/user/counter", address_of(1)).wait().value();
  world.all[1].kill();
  far.tell(Add{7});
  world.all.run_for(duration::milliseconds(100));
  world.all[1].start();
  auto& again = world[1];
  const auto own = again.spawn(counter(), "counter");
  world.all.run_for(duration::seconds(10));
  CHECK(again.ask<GetSum>(own).get() == 0);
  const auto found = here.lookup<Counter>("/user/counter", address_of(1)).wait();
  CAPTURE(to_string(found.error()));
  REQUIRE(found.has_value());
  CHECK(!(*found == far));
  CHECK(here.ask<GetSum>(*found).wait().value() == 0);
}

TEST_CASE("cluster/node: order holds over broken connections, once each, with any seed") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    cluster_world world(seed);
    auto& here = world[0];
    auto& there = world[1];
    there.spawn(counter(), "counter");
    const auto far = here.lookup<Counter>("/user/counter", address_of(1)).wait().value();
    std::int64_t expected = 0;
    for (std::int64_t each = 0; each < 30; ++each) {
      far.tell(Add{each});
      expected = expected * 3 + each;
      if (each % 7 == 3) {
        world.all.run_for(duration::milliseconds(static_cast<std::int64_t>(world.all.below(20))));
        world.all.reset(0, 1);
      }
    }
    CHECK(here.ask<GetSum>(far).within(duration::seconds(30)).wait().value() ==
          expected);
  }
}

}  // namespace
