// Testing actors: one behavior alone, several with a probe, many interleavings.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

#include "casty/actor.hpp"
#include "casty/testkit/behavior_kit.hpp"
#include "casty/testkit/probe.hpp"
#include "casty/testkit/seeds.hpp"

namespace behaviors = casty::behaviors;
namespace effects = casty::testkit::effects;
using namespace std::chrono_literals;

// part: an account
struct Deposit {
  std::int64_t cents;
};
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};
struct Report {};
struct Account : casty::protocol<Deposit, GetBalance, Report> {};

struct Statement {
  std::int64_t cents;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// A minute after its last deposit it sends its owner a statement.
casty::behavior<Account> account(casty::actor_ref<Statement> owner, std::int64_t balance = 0) {
  return behaviors::receive<Account>(
      [=](casty::actor_context<Account>& ctx, Deposit m) {
        if (m.cents <= 0) throw std::invalid_argument("a deposit of nothing");
        ctx.timers().once("report", Report{}, 1min);
        return account(owner, balance + m.cents);
      },
      [=](const GetBalance& m) {
        m.reply_to.tell(balance);
        return behaviors::same;
      },
      [=](Report) {
        owner.tell(Statement{balance});
        return behaviors::same;
      });
}
// end of part

void check(bool holds) {
  if (!holds) throw std::logic_error("a check does not hold");
}

// part: one behavior
void one_behavior() {
  casty::testkit::test_system system;
  casty::testkit::probe<Statement> owner(system);
  casty::testkit::behavior_kit kit(system, account(owner));

  kit.run(Deposit{100}).run<Deposit>(50);
  check(kit.ask<GetBalance>().value() == 150);
  kit.expect_effect(effects::timer_set{"report", 1min});

  kit.advance(59s);
  check(owner.received() == 0);
  kit.advance(1s);
  owner.expect(Statement{150});
}
// end of part

// part: a failure
void a_failure() {
  casty::testkit::test_system system;
  casty::testkit::probe<Statement> owner(system);
  casty::testkit::behavior_kit kit(
      system, behaviors::supervise(account(owner), casty::one_for_one_strategy{}));

  kit.run(Deposit{100}).run(Deposit{0});
  kit.expect_effect<effects::timer_set>();
  kit.expect_effect(effects::failed{"a deposit of nothing"});
  kit.expect_effect<effects::restarted>();
  check(kit.ask<GetBalance>().value() == 0);  // begun anew
  owner.expect_none(2min);                    // its timer went with it
}
// end of part

// part: many interleavings
casty::behavior<Deposit> teller(casty::actor_ref<Account> account) {
  return behaviors::receive<Deposit>([=](Deposit m) {
    account.tell(m);
    return behaviors::same;
  });
}

void many_interleavings() {
  casty::testkit::for_each_seed(100, [](casty::testkit::test_system& system) {
    casty::testkit::probe<Statement> owner(system);
    const auto alice = system.spawn(account(owner), "alice");
    for (const std::int64_t cents : {1, 20, 300}) {
      system.spawn(teller(alice)).tell(Deposit{cents});
    }
    owner.expect(Statement{321}, 2min);

    system.stop(alice);
    owner.expect_terminated(alice);
  });
}
// end of part

// part: what a failure says
void what_a_failure_says() {
  casty::testkit::test_system system(7);
  casty::testkit::probe<Statement> owner(system);
  try {
    owner.expect<Statement>(2s);
  } catch (const casty::testkit::unexpected& failure) {
    std::puts(failure.what());
  }
}
// end of part

int main() {
  one_behavior();
  a_failure();
  many_interleavings();
  what_a_failure_says();
  std::puts("done");
}
// casty::testkit: expected a message Statement within 2 s, but nothing came (seed 7, after 2 s)
// done
