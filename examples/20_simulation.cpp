// A user's own actors on two nodes, tested in a simulation: a teller deposits money at a bank of
// another node, and asks again until it is told that it is there. The bank, its machine and the
// network fail at all times. Is each deposit counted once?
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "casty/persistence.hpp"
#include "casty/simulation.hpp"
#include "casty/testkit/unexpected.hpp"

using namespace std::chrono_literals;
namespace behaviors = casty::behaviors;
namespace simulation = casty::simulation;

// The bank, an event-sourced actor. A careless one counts what it is told again.
struct Deposited {
  std::uint64_t number;
  std::int64_t cents;
};
struct Deposit {
  std::uint64_t number;
  std::int64_t cents;
  casty::reply_to<std::uint64_t> reply_to;
};
struct GetBalance {
  casty::reply_to<std::int64_t> reply_to;
};
struct Bank : casty::protocol<Deposit, GetBalance> {};
struct BankEvent : casty::protocol<Deposited> {};
struct BankState {
  std::uint64_t last = 0;
  std::int64_t balance = 0;
};

casty::behavior<Bank> bank(casty::journal journal, bool is_careful) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "bank",
      .journal = journal,
      .initial_state = BankState{},
      .on_event = casty::on_event<BankEvent>([](BankState s, Deposited e) {
        return BankState{e.number, s.balance + e.cents};
      }),
      .on_command = casty::on_command<Bank>(
          [=](const BankState& s, const Deposit& m) -> casty::effect<BankEvent> {
            m.reply_to.tell(m.number);  // it leaves when the event is durable
            if (is_careful && m.number <= s.last) {
              return behaviors::same;
            }
            return behaviors::persisted(Deposited{m.number, m.cents});
          },
          [](const BankState& s, const GetBalance& m) {
            m.reply_to.tell(s.balance);
            return behaviors::same;
          })});
}

// What the test knows, whatever becomes of nodes.
struct Books {
  std::uint64_t deposits = 0;  // confirmed
  std::int64_t cents = 0;
};

// Deposits numbers from 1 on, each until it is confirmed.
struct Next {};
struct Teller : casty::protocol<Next> {};

casty::behavior<Teller> teller(casty::clustered_actor_system& system, Books& books) {
  return behaviors::receive<Teller>(
      [&system, &books](casty::actor_context<Teller>& ctx,
                        Next) -> casty::task<casty::behavior<Teller>> {
        const auto found = co_await system.lookup<Bank>("/user/bank", simulation::address_of(0))
                               .within(1s)
                               .outcome();
        if (found) {
          const std::uint64_t number = books.deposits + 1;
          const auto cents = static_cast<std::int64_t>(number);
          const auto confirmed =
              co_await ctx.ask<Deposit>(*found, number, cents).within(500ms).outcome();
          if (confirmed) {
            books.deposits = number;
            books.cents += cents;
          }
        }
        ctx.timers().once("next", Next{}, 50ms);
        co_return behaviors::same;
      });
}

// part: runs
void check(bool is_careful) {
  const auto program = [=](simulation::node& at, Books& books) {
    if (at.number() == 0) {
      at.system().spawn(bank(at.journal("bank"), is_careful), "bank");
    } else {
      at.system().spawn(teller(at.system(), books), "teller").tell(Next{});
    }
  };
  const auto scenario = [](simulation::cluster& c, Books& books) {
    c.sometimes("the bank is down", [&c] { return !c[0].is_up(); });
    c.sometimes("money is there", [&books] { return books.cents > 0; });
    c.run();  // 30 s, in which all sorts of things fail

    const std::uint64_t before = books.deposits;
    c.eventually("it goes on", [&] { return books.deposits > before + 5; }, 20s);
    c[1].stop();
    const auto bank = c[0].system().lookup<Bank>("/user/bank", c[0].address()).get();
    const auto more = c[0].system().ask<GetBalance>(bank).get() - books.cents;
    const auto next = static_cast<std::int64_t>(books.deposits + 1);  // not confirmed yet
    c.check("each deposit counts once", more == 0 || more == next);
  };
  using enum simulation::fault_kind;
  const simulation::options how{
      .nodes = 2,
      .length = 30s,
      .faults = {.kinds = {partition, one_way_cut, reset, kill, power_cut, slow_disk}, .every = 2s},
      .twice = true};
  const auto all = simulation::explore<Books>(100, how, program, scenario);
  std::printf("%u runs, and each deposit was counted once\n", all.runs);
}
// end of part

int main() {
  check(true);
  try {
    check(false);
  } catch (const casty::testkit::unexpected& found) {
    std::fprintf(stderr, "%s\n", found.what());  // with the fewest faults that show it
    std::printf("a careless bank is found out\n");
  }
}
// 100 runs, and each deposit was counted once
// a careless bank is found out
