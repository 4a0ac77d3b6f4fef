#include "casty/testkit/probe.hpp"

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

#include <doctest/doctest.h>

#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using namespace std::chrono_literals;
using casty::testkit::probe;
using casty::testkit::test_system;
using casty::testkit::unexpected;

struct Deposit {
  int cents;
  friend bool operator==(const Deposit&, const Deposit&) = default;
  friend std::ostream& operator<<(std::ostream& to, const Deposit& m) { return to << m.cents; }
};
struct Parcel {
  std::unique_ptr<int> content;
};
struct GetBalance {
  casty::reply_to<int> reply_to;
};
struct Bank : casty::protocol<Deposit, Parcel, std::string> {};

std::string failure_of(const auto& body) {
  try {
    body();
  } catch (const unexpected& failure) {
    return failure.what();
  }
  return "nothing thrown";
}

casty::behavior<GetBalance> account(int balance) {
  return behaviors::receive<GetBalance>([=](const GetBalance& m) {
    m.reply_to.tell(balance);
    return behaviors::same;
  });
}

TEST_CASE("testkit/probe: stands for a reply_to, a ref, and a narrower ref") {
  test_system system;
  probe<int> answers(system);
  probe<Bank> bank(system, "bank");
  system.spawn(account(42)).tell(GetBalance{answers});
  const casty::actor_ref<casty::protocol<std::string, Deposit>> part = bank;
  part.tell(Deposit{1});

  CHECK(answers.expect<int>(1s) == 42);
  CHECK(bank.expect<Deposit>().cents == 1);
  CHECK(bank.ref().path().view() == "/user/bank");
}

TEST_CASE("testkit/probe: messages are expected in order, by type or by value") {
  test_system system;
  probe<Bank> bank(system);
  bank.ref().tell(Deposit{1});
  bank.ref().tell(std::string("two"));
  bank.ref().tell(Deposit{3});

  bank.expect(Deposit{1});
  CHECK(bank.expect<std::string>() == "two");
  CHECK(bank.expect(Deposit{3}).cents == 3);
  CHECK(bank.received() == 3);
  bank.expect_none();
}

TEST_CASE("testkit/probe: a message that can only be moved is handed over") {
  test_system system;
  probe<Bank> bank(system);
  bank.ref().tell(Parcel{std::make_unique<int>(5)});
  bank.ref().tell(Parcel{std::make_unique<int>(6)});

  CHECK(*bank.expect<Parcel>().content == 5);
  CHECK(*bank.fish<Parcel>([](const Parcel& m) { return *m.content == 6; }).content == 6);
}

TEST_CASE("testkit/probe: time passes as far as the message, and no further") {
  test_system system;
  probe<int> late(system);
  const casty::duration start = system.now();
  system.schedule("late", late.ref(), 7, 2s);

  CHECK(late.expect<int>() == 7);
  CHECK(system.now() - start >= casty::duration(2s));
  CHECK(system.now() - start < casty::duration(2100ms));
}

TEST_CASE("testkit/probe: what does not come in time is an error, after exactly that time") {
  test_system system(9);
  probe<int> late(system);
  system.schedule("late", late.ref(), 7, 5s);

  CHECK(failure_of([&] { late.expect<int>(4s); }) ==
        "casty::testkit: expected a message int within 4 s, but nothing came "
        "(seed 9, after 4 s)");
  CHECK(late.expect<int>(2s) == 7);
}

TEST_CASE("testkit/probe: another message is an error that lists what came, and keeps it") {
  test_system system;
  probe<Bank> bank(system);
  bank.ref().tell(Deposit{100});
  bank.ref().tell(Parcel{});
  system.run();

  CHECK(failure_of([&] { bank.expect<std::string>(); }) ==
        "casty::testkit: expected a message basic_string<char>, but this came: Deposit 100, "
        "then Parcel (seed 1, after 0 s)");
  CHECK(failure_of([&] { bank.expect(std::string("hello")); }) ==
        "casty::testkit: expected \"hello\", but this came: Deposit 100, then Parcel "
        "(seed 1, after 0 s)");
  CHECK(failure_of([&] { bank.expect(Deposit{99}); }) ==
        "casty::testkit: expected Deposit 99, but another came: Deposit 100 "
        "(seed 1, after 0 s)");
  bank.expect<Parcel>();
}

TEST_CASE("testkit/probe: a long list of what came is cut") {
  test_system system;
  probe<casty::protocol<int, char>> many(system);
  for (int each = 1; each <= 10; ++each) {
    many.ref().tell(each);
  }
  system.run();

  CHECK(failure_of([&] { many.expect<char>(); }) ==
        "casty::testkit: expected a message char, but this came: int 1, then int 2, then int 3, "
        "then int 4, then int 5, then int 6, then int 7, then int 8, and 2 more "
        "(seed 1, after 0 s)");
}

TEST_CASE("testkit/probe: to expect nothing waits for the whole span") {
  test_system system;
  probe<int> quiet(system);
  const casty::duration start = system.now();
  quiet.expect_none(1500ms);
  CHECK(system.now() - start == casty::duration(1500ms));

  system.schedule("late", quiet.ref(), 7, 50ms);
  CHECK(failure_of([&] { quiet.expect_none(); })
            .starts_with("casty::testkit: expected no message for 100 ms, but this came: int 7"));
}

TEST_CASE("testkit/probe: fishing drops what does not fit, and names it when nothing does") {
  test_system system;
  probe<Bank> bank(system);
  for (const int cents : {1, 2, 3, 4}) {
    bank.ref().tell(Deposit{cents});
  }
  bank.ref().tell(std::string("note"));

  CHECK(bank.fish<Deposit>([](const Deposit& m) { return m.cents == 3; }).cents == 3);
  CHECK(bank.fish<std::string>() == "note");
  bank.ref().tell(Deposit{5});
  CHECK(failure_of([&] {
          bank.fish<Deposit>([](const Deposit& m) { return m.cents == 9; }, 1s);
        }) ==
        "casty::testkit: expected a message Deposit that fits within 1 s, but only this came: "
        "Deposit 5 (seed 1, after 1 s)");
  CHECK(bank.received() == 6);
}

TEST_CASE("testkit/probe: within bounds all expectations of its body, and the body") {
  test_system system;
  probe<int> late(system);
  system.schedule("late", late.ref(), 7, 2s);

  CHECK(failure_of([&] { late.within(1s, [&] { late.expect<int>(3s); }); })
            .starts_with("casty::testkit: expected a message int within 3 s, but nothing came "
                         "(seed 1, after 1 s"));
  CHECK(failure_of([&] { late.within(500ms, [&] { system.advance(600ms); }); }) ==
        "casty::testkit: expected to be done within 500 ms, but it took 600 ms "
        "(seed 1, after 1600 ms)");
  CHECK(late.within(1s, [&] { return late.expect<int>(); }) == 7);
  late.expect_none(3s);  // no limit is left behind
}

TEST_CASE("testkit/probe: the end of an actor is waited for, or seen at once") {
  test_system system;
  probe<int> eye(system);
  const auto lasting = system.spawn(account(1), "lasting");
  const auto brief = system.spawn(behaviors::receive<int>([](int) { return behaviors::stopped; }));
  system.schedule("end", brief, 0, 1s);

  eye.expect_terminated(brief);
  eye.expect_terminated(brief, 0s);
  CHECK(failure_of([&] { eye.expect_terminated(lasting, 2s); })
            .starts_with("casty::testkit: expected the end of /user/lasting within 2 s, but it "
                         "lives (seed 1, after 3"));
  system.stop(lasting);
  system.expect_no_actors();
}

TEST_CASE("testkit/probe: a probe can be watched and stopped as any actor") {
  test_system system;
  probe<int> mortal(system, "mortal");
  probe<int> eye(system);
  system.stop(mortal.ref());
  eye.expect_terminated(mortal.ref());
}

TEST_CASE("testkit/probe: its actor ends with it, and what came late is a dead letter") {
  test_system system;
  const auto ref = [&] { return probe<int>(system).ref(); }();
  ref.tell(1);
  system.run();

  CHECK(system.counts().dead == 1);
  system.expect_balanced();
}

TEST_CASE("testkit/probe: an expectation within an actor is refused") {
  test_system system;
  probe<int> inner(system);
  casty::errc code{};
  const auto nosy = system.spawn(behaviors::receive<int>([&](int) {
    try {
      inner.expect<int>();
    } catch (const casty::error& failure) {
      code = failure.code();
    }
    return behaviors::same;
  }));
  nosy.tell(1);
  system.run();
  CHECK(code == casty::errc::would_block);
}

}  // namespace
