#include "casty/persistence/event_sourcing.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::duration;
using casty::errc;

struct State {
  std::int64_t balance = 0;
  int transactions = 0;
};
struct Deposited {
  std::int64_t cents = 0;
};
struct Withdrawn {
  std::int64_t cents = 0;
};
struct Events : casty::protocol<Deposited, Withdrawn> {};

struct Deposit {
  std::int64_t cents;
};
struct Withdraw {
  std::int64_t cents;
  casty::reply_to<std::string> reply_to;
};
struct Both {
  casty::reply_to<int> reply_to;
};
struct Get {
  casty::reply_to<State> reply_to;
};
struct Fail {
  casty::reply_to<int> reply_to;
};
struct Close {
  casty::reply_to<int> reply_to;
};
struct Account : casty::protocol<Deposit, Withdraw, Both, Get, Fail, Close> {};

behavior<Account> account(std::string id, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::move(id),
      .journal = std::move(journal),
      .initial_state = State{},
      .on_event = casty::on_event<Events>(
          [](State s, Deposited e) {
            if (e.cents == 666) {
              throw std::logic_error("a poisoned event");
            }
            return State{s.balance + e.cents, s.transactions + 1};
          },
          [](const State& s, const Withdrawn& e) {
            return State{s.balance - e.cents, s.transactions + 1};
          }),
      .on_command = casty::on_command<Account>(
          [](const State&, Deposit m) { return behaviors::persisted(Deposited{m.cents}); },
          [](const State& s, const Withdraw& m) -> casty::effect<Events> {
            if (m.cents > s.balance) {
              m.reply_to.tell("insufficient funds");
              return behaviors::same;
            }
            m.reply_to.tell("ok");
            return behaviors::persisted(Withdrawn{m.cents});
          },
          [](const Both& m) {
            m.reply_to.tell(2);
            return behaviors::persisted(Deposited{1}, Withdrawn{1});
          },
          [](const State& s, const Get& m) {
            m.reply_to.tell(s);
            return behaviors::same;
          },
          [](const Fail& m) -> casty::outcome {
            m.reply_to.tell(1);
            throw std::runtime_error("on purpose");
          },
          [](const Close& m) {
            m.reply_to.tell(3);
            return behaviors::persisted(Deposited{0}).then(behaviors::stopped);
          }),
  });
}

behavior<Account> supervised(const std::string& id, const casty::journal& journal) {
  return behaviors::supervise(account(id, journal), casty::one_for_one_strategy{});
}

template <class Message, class... Fields>
auto ask(casty::testkit::test_system& system, const casty::actor_ref<Account>& of,
         Fields... fields) {
  auto asked = system.ask<Message>(of, fields...);
  system.run();
  return asked.wait();
}

TEST_CASE("persistence/event_sourcing: another actor of the entity goes on where it was") {
  const auto journal = casty::in_memory_journal();
  for (int phase = 1; phase <= 2; ++phase) {
    casty::testkit::test_system system(1);
    auto of = system.spawn(account("acc-001", journal), "account");
    if (phase == 1) {
      of.tell(Deposit{1000});
      of.tell(Deposit{500});
    }
    const auto seen = ask<Get>(system, of);
    REQUIRE(seen.has_value());
    CHECK(seen->balance == 1500);
    CHECK(seen->transactions == 2);
  }
}

TEST_CASE("persistence/event_sourcing: commands that came before recovery wait for it") {
  const auto journal = casty::in_memory_journal();
  const auto faulty = std::make_shared<faulty_journal>(journal);
  {
    casty::testkit::test_system system(1);
    system.spawn(account("a", journal)).tell(Deposit{7});
    system.run();
  }
  casty::testkit::test_system system(1);
  faulty->hold();
  auto of = system.spawn(account("a", faulty));
  auto asked = system.ask<Get>(of).within(duration::seconds(1000));
  system.run();
  CHECK(faulty->held() == 1);  // the snapshot is being looked for
  while (faulty->held() != 0) {
    faulty->go_on_with_one();
    system.run();
  }
  CHECK(asked.get().balance == 7);
}

TEST_CASE("persistence/event_sourcing: an answer leaves when its events are durable") {
  const auto faulty = std::make_shared<faulty_journal>(casty::in_memory_journal());
  casty::testkit::test_system system(1);
  auto of = system.spawn(account("a", faulty));
  of.tell(Deposit{100});
  system.run();

  faulty->hold();
  std::optional<std::string> answer;
  system.ask<Withdraw>(of, 30).then([&](casty::result<std::string> got) { answer = *got; });
  auto later = system.ask<Get>(of);
  system.run();
  CHECK_FALSE(answer.has_value());
  CHECK(faulty->held() == 1);

  faulty->go_on();
  system.run();
  CHECK(answer == "ok");
  CHECK(later.get().balance == 70);
}

TEST_CASE("persistence/event_sourcing: what cannot be persisted is told, and has not been") {
  const auto inner = casty::in_memory_journal();
  const auto faulty = std::make_shared<faulty_journal>(inner);
  casty::testkit::test_system system(1);
  auto of = system.spawn(supervised("a", faulty));
  of.tell(Deposit{100});
  system.run();

  SUBCASE("by a verdict") { faulty->fail_with({errc::full, "no space left"}); }
  SUBCASE("by an exception") { faulty->throw_next(); }
  SUBCASE("by silence") { faulty->drop_next(); }
  CHECK(ask<Withdraw>(system, of, 30).error() == errc::persist_failed);
  system.advance(duration::seconds(10));
  CHECK(ask<Get>(system, of)->balance == 100);
  CHECK(*ask<Withdraw>(system, of, 40) == "ok");
  CHECK(ask<Get>(system, of)->balance == 60);
}

TEST_CASE("persistence/event_sourcing: a strategy that resumes does not keep a state that is not") {
  const auto faulty = std::make_shared<faulty_journal>(casty::in_memory_journal());
  casty::testkit::test_system system(1);
  auto of = system.spawn(behaviors::supervise(
      account("a", faulty),
      casty::one_for_one_strategy{
          .decider = [](const std::exception_ptr&) { return casty::directive::resume; }}));
  of.tell(Deposit{100});
  system.run();
  faulty->fail_with({errc::unavailable, "locked"});
  CHECK(ask<Withdraw>(system, of, 30).error() == errc::persist_failed);
  CHECK(ask<Get>(system, of)->balance == 100);
  of.tell(Deposit{666});  // its event throws
  CHECK(ask<Get>(system, of)->balance == 100);
}

TEST_CASE("persistence/event_sourcing: an event that its handler refuses is never persisted") {
  const auto journal = casty::in_memory_journal();
  casty::testkit::test_system system(1);
  auto of = system.spawn(supervised("a", journal));
  of.tell(Deposit{5});
  of.tell(Deposit{666});
  of.tell(Deposit{6});
  system.advance(duration::seconds(10));
  CHECK(ask<Get>(system, of)->balance == 11);
}

TEST_CASE("persistence/event_sourcing: a command that fails persists nothing and answers nothing") {
  const auto journal = casty::in_memory_journal();
  casty::testkit::test_system system(1);
  auto of = system.spawn(supervised("a", journal));
  of.tell(Deposit{5});
  CHECK(ask<Fail>(system, of).error() == errc::no_reply);
  system.advance(duration::seconds(10));
  CHECK(ask<Get>(system, of)->balance == 5);
}

TEST_CASE("persistence/event_sourcing: events of one command are persisted together") {
  const auto journal = casty::in_memory_journal();
  casty::testkit::test_system system(1);
  auto of = system.spawn(account("a", journal));
  CHECK(*ask<Both>(system, of) == 2);
  const auto seen = ask<Get>(system, of);
  CHECK(seen->balance == 0);
  CHECK(seen->transactions == 2);
}

TEST_CASE("persistence/event_sourcing: then says what comes after") {
  const auto journal = casty::in_memory_journal();
  casty::testkit::test_system system(1);
  auto of = system.spawn(account("a", journal));
  CHECK(*ask<Close>(system, of) == 3);
  CHECK(ask<Get>(system, of).error() == errc::dead_target);
}

TEST_CASE("persistence/event_sourcing: of two actors of one entity the second is refused") {
  const auto journal = casty::in_memory_journal();
  casty::testkit::test_system system(1);
  auto first = system.spawn(account("a", journal));
  auto second = system.spawn(account("a", journal));
  system.run();
  first.tell(Deposit{10});
  system.run();
  CHECK(ask<Both>(system, second).error() == errc::persist_failed);
  CHECK(ask<Get>(system, second).error() == errc::dead_target);
  CHECK(ask<Get>(system, first)->balance == 10);
}

struct Strange {
  int number = 0;
};

TEST_CASE("persistence/event_sourcing: what cannot be read stops the actor, and says what it is") {
  const auto journal = casty::in_memory_journal();
  std::string said;
  const auto stops = [&](const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& failed) {
      said = failed.what();
    }
    return casty::directive::stop;
  };
  const casty::one_for_one_strategy told{.decider = stops};
  casty::testkit::test_system system(1);
  SUBCASE("an event of another type") {
    store(*journal, "a", 0, {casty::stored_value::of(Deposited{1})});
    store(*journal, "a", 1, {casty::stored_value::of(Strange{2})});
    auto of = system.spawn(behaviors::supervise(account("a", journal), told));
    CHECK(ask<Get>(system, of).error() == errc::dead_target);
    CHECK(said.find("'a', 2: Strange is no event of this actor") != std::string::npos);
  }
  SUBCASE("bytes that are none of that type") {
    auto broken = casty::stored_value::of(Deposited{1});
    broken.bytes.pop_back();
    store(*journal, "a", 0, {broken});
    auto of = system.spawn(behaviors::supervise(account("a", journal), told));
    CHECK(ask<Get>(system, of).error() == errc::dead_target);
    CHECK(said.find("'a', 1, Deposited: casty: corrupt: it ends too soon") != std::string::npos);
  }
}

}  // namespace
