#include "casty/persistence/event_sourcing.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/persistence/sqlite_journal.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"
#include "support/folder.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::duration;
using casty::errc;

struct Priced {
  std::int64_t cents = 0;
};

struct Price {
  casty::reply_to<std::int64_t> reply_to;
};
struct Buy {
  casty::actor_ref<Price> shop;
  casty::reply_to<std::int64_t> reply_to;
};
struct Sum {
  casty::reply_to<std::int64_t> reply_to;
};
struct Buyer : casty::protocol<Buy, Sum> {};

behavior<Buyer> buyer(std::string id, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::move(id),
      .journal = std::move(journal),
      .initial_state = std::int64_t{0},
      .on_event = casty::on_event<Priced>(
          [](std::int64_t sum, Priced e) { return sum + e.cents; }),
      .on_command = casty::on_command<Buyer>(
          [](casty::actor_context<Buyer>& ctx, const std::int64_t& sum,
             const Buy& m) -> casty::task<casty::effect<Priced>> {
            m.reply_to.tell(sum);  // kept while it waits, too
            const std::int64_t price =
                co_await ctx.ask<Price>(m.shop).within(duration::seconds(2));
            if (price == 0) {
              co_return behaviors::same;
            }
            co_return behaviors::persisted(Priced{price});
          },
          [](const std::int64_t& sum, const Sum& m) {
            m.reply_to.tell(sum);
            return behaviors::same;
          }),
  });
}

behavior<Price> shop(std::int64_t price) {
  return behaviors::receive<Price>([price](const Price& m) {
    m.reply_to.tell(price);
    return behaviors::same;
  });
}
behavior<Price> closed_shop() {
  return behaviors::with_state<Price>(std::vector<casty::reply_to<std::int64_t>>{},
                                      [](auto& ctx, std::vector<casty::reply_to<std::int64_t>>& all,
                                         const Price& m) {
                                        (void)ctx;
                                        all.push_back(m.reply_to);
                                        return behaviors::same;
                                      });
}

TEST_CASE("persistence/event_sourcing: a handler of commands may wait before it decides") {
  const auto faulty = std::make_shared<faulty_journal>(casty::in_memory_journal());
  casty::testkit::test_system system(1);
  auto of = system.spawn(buyer("a", faulty));
  auto seven = system.spawn(shop(7));
  auto free = system.spawn(shop(0));
  auto first = system.ask<Buy>(of, seven);
  auto second = system.ask<Buy>(of, free);
  auto sum = system.ask<Sum>(of);
  system.run();
  CHECK(first.get() == 0);
  CHECK(second.get() == 7);
  CHECK(sum.get() == 7);

  faulty->hold();
  auto third = system.ask<Buy>(of, seven);
  system.run();
  CHECK(faulty->held() == 1);
  faulty->fail_with({errc::full, "no room"});
  faulty->go_on();
  system.run();
  CHECK(third.get() == 7);  // it was under way already
}

TEST_CASE("persistence/event_sourcing: what it waits for in vain answers no_reply") {
  casty::testkit::test_system system(1);
  auto of = system.spawn(behaviors::supervise(buyer("a", casty::in_memory_journal()),
                                              casty::one_for_one_strategy{}));
  auto closed = system.spawn(closed_shop());
  SUBCASE("by a timeout") {
    auto asked = system.ask<Buy>(of, closed).within(duration::seconds(100));
    system.advance(duration::seconds(3));
    CHECK(asked.wait().error() == errc::no_reply);
    system.advance(duration::seconds(10));
    auto sum = system.ask<Sum>(of);
    system.run();
    CHECK(sum.get() == 0);
  }
  SUBCASE("by its end") {
    auto asked = system.ask<Buy>(of, closed).within(duration::seconds(100));
    system.run();
    system.stop(of);
    system.run();
    CHECK(asked.wait().error() == errc::no_reply);
  }
}

TEST_CASE("persistence/event_sourcing: stopped while it persists, it answers no_reply") {
  const auto inner = casty::in_memory_journal();
  const auto faulty = std::make_shared<faulty_journal>(inner);
  casty::testkit::test_system system(1);
  auto seven = system.spawn(shop(7));
  {
    auto of = system.spawn(buyer("a", faulty));
    system.run();
    faulty->hold();
    auto asked = system.ask<Buy>(of, seven).within(duration::seconds(100));
    system.run();
    CHECK(faulty->held() == 1);
    system.stop(of);
    system.run();
    CHECK(asked.wait().error() == errc::no_reply);
    faulty->go_on();  // it is persisted all the same, as after a crash
    system.run();
  }
  auto again = system.spawn(buyer("a", inner));
  auto sum = system.ask<Sum>(again);
  system.run();
  CHECK(sum.get() == 7);
}

struct Many {
  int count;
};
struct Numbers : casty::protocol<Many, Sum> {};

TEST_CASE("persistence/event_sourcing: a command may lead to any number of events") {
  casty::testkit::test_system system(1);
  auto of = system.spawn(behaviors::event_sourced(casty::event_sourcing{
      .entity_id = "a",
      .journal = casty::in_memory_journal(),
      .initial_state = std::int64_t{0},
      .on_event = casty::on_event<Priced>(
          [](std::int64_t sum, Priced e) { return sum + e.cents; }),
      .on_command = casty::on_command<Numbers>(
          [](Many m) {
            std::vector<casty::any_event<Priced>> events;
            for (int each = 1; each <= m.count; ++each) {
              events.emplace_back(Priced{each});
            }
            return casty::effect<Priced>(std::move(events));
          },
          [](const std::int64_t& sum, const Sum& m) {
            m.reply_to.tell(sum);
            return behaviors::same;
          }),
  }));
  of.tell(Many{0});
  of.tell(Many{4});
  auto sum = system.ask<Sum>(of);
  system.run();
  CHECK(sum.get() == 10);
}

struct Counted {
  std::uint64_t number = 0;
};
struct Next {
  casty::reply_to<std::uint64_t> reply_to;
};

behavior<Next> counter(std::string id, casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::move(id),
      .journal = std::move(journal),
      .initial_state = std::uint64_t{0},
      .on_event = casty::on_event<Counted>(
          [](const std::uint64_t&, const Counted& e) { return e.number; }),
      .on_command = casty::on_command<Next>([](const std::uint64_t& last, const Next& m) {
        m.reply_to.tell(last + 1);
        return behaviors::persisted(Counted{last + 1});
      }),
      .snapshots = {.events = 50},
  });
}

TEST_CASE("persistence/event_sourcing: many entities on several threads share one file") {
  const support::folder folder;
  constexpr int entities = 20;
  constexpr std::uint64_t rounds = 30;
  for (std::uint64_t phase = 0; phase < 2; ++phase) {
    casty::actor_system system({.name = "many", .workers = 2, .log = casty::log_level::warning});
    const auto journal = casty::sqlite_journal(folder.file("journal.sqlite"));
    std::vector<casty::actor_ref<Next>> all;
    for (int each = 0; each < entities; ++each) {
      all.push_back(system.spawn(counter("entity " + std::to_string(each), journal)));
    }
    for (std::uint64_t round = 1; round <= rounds; ++round) {
      std::vector<casty::future<std::uint64_t>> answers;
      for (const auto& each : all) {
        answers.push_back(system.ask<Next>(each).within(duration::seconds(60)));
      }
      for (auto& each : answers) {
        REQUIRE(each.get() == phase * rounds + round);
      }
    }
  }
}

}  // namespace
