#include "casty/core/sending.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "support/seeds.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::behavior;
using casty::task;
using reason = casty::dead_letter_reason;
using support::under_seeds;

static_assert(std::is_nothrow_move_constructible_v<casty::sending>);
static_assert(!std::is_copy_constructible_v<casty::sending>);

casty::spawn_options waits(std::uint32_t capacity) {
  return {.mailbox = {.capacity = capacity, .overflow = casty::overflow::backpressure}};
}

struct Item {
  int sender;
  int number;

  friend bool operator==(const Item&, const Item&) = default;
};
struct Fail {};
struct Quit {};
struct Sink : casty::protocol<Item, Fail, Quit> {};
using Items = std::vector<Item>;

behavior<Sink> sink(Items& seen) {
  return behaviors::receive<Sink>(
      [&seen](Item m) {
        seen.push_back(m);
        return behaviors::same;
      },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); },
      [](Quit) { return behaviors::stopped; });
}

struct World {
  Items tried;  // in the order in which the sends began
  Items seen;
  std::vector<std::string> notes;
};

struct Send {
  int first;
  int last;
};
struct Other {};
struct Sender : casty::protocol<Send, Other> {};

behavior<Sender> sender(World& world, int self, casty::actor_ref<Item> to) {
  return behaviors::receive<Sender>(
      [=, &world](Send m) -> task<behavior<Sender>> {
        for (int number = m.first; number <= m.last; ++number) {
          world.tried.push_back({self, number});
          try {
            co_await to.send<Item>(self, number);
            world.notes.emplace_back("sent");
          } catch (const casty::error& failure) {
            world.notes.emplace_back(to_string(failure.code()));
          }
        }
        co_return behaviors::same;
      },
      [&world](Other) {
        world.notes.emplace_back("other");
        return behaviors::same;
      });
}

TEST_CASE("core/sending: senders wait for room in the order in which they came, none is lost") {
  under_seeds<World>([](auto& system, World& world) {
    for (const std::uint32_t capacity : {1U, 3U}) {
      world = {};
      const auto to = system.spawn(sink(world.seen), {}, waits(capacity));
      for (int each = 0; each < 5; ++each) {
        system.spawn(sender(world, each, to)).tell(Send{1, 20});
      }
      system.run();
      CHECK(world.seen.size() == 100);
      CHECK(world.seen == world.tried);
      CHECK(world.notes == std::vector<std::string>(100, "sent"));
    }
    CHECK(system.counts().dead == 0);
  });
}

TEST_CASE("core/sending: a sender that waits takes no other message") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = system.spawn(sink(world.seen), {}, waits(1));
    const auto from = system.spawn(sender(world, 0, to));
    from.tell(Send{1, 3});
    from.tell(Other{});
    system.run();
    CHECK(world.notes == std::vector<std::string>{"sent", "sent", "sent", "other"});
  });
}

TEST_CASE("core/sending: where there is room, or any amount of it, nobody waits") {
  under_seeds<World>([](auto& system, World& world) {
    for (const std::uint32_t capacity : {0U, 3U}) {
      world = {};
      const auto to = system.spawn(behaviors::receive<Item>([&world](Item) {
        world.notes.emplace_back("seen");
        return behaviors::same;
      }), {}, waits(capacity));
      system.spawn(sender(world, 0, to)).tell(Send{1, 3});
      system.run();
      // A sender that had waited would have been overtaken by the first message.
      CHECK(world.notes == std::vector<std::string>{"sent", "sent", "sent",  //
                                                    "seen", "seen", "seen"});
    }
  });
}

TEST_CASE("core/sending: with a ref that was narrowed, a send waits as well") {
  under_seeds<World>([](auto& system, World& world) {
    const casty::actor_ref<Sink> to = system.spawn(sink(world.seen), {}, waits(1));
    const casty::actor_ref<casty::protocol<Quit, Item>> turned = to;
    to.tell(Item{9, 0});
    system.spawn(sender(world, 0, turned)).tell(Send{1, 4});
    system.run();
    CHECK(world.seen == Items{{9, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}});
  });
}

struct Ask {
  casty::reply_to<int> reply_to;
};
struct Gate : casty::protocol<Item, Ask, Quit, Fail> {};
using Asks = std::vector<casty::reply_to<int>>;

// Waits in its handler of Ask until the answer that it keeps is given.
behavior<Gate> gate(World& world, casty::actor_ref<Ask> keeper) {
  return behaviors::receive<Gate>(
      [&world](Item m) {
        world.seen.push_back(m);
        return behaviors::same;
      },
      [=](casty::actor_context<Gate>& ctx, const Ask&) -> task<behavior<Gate>> {
        const int answer = co_await ctx.ask<Ask>(keeper).within(casty::duration::seconds(900));
        if (answer == 0) {
          throw std::runtime_error("as answered");
        }
        co_return behaviors::same;
      },
      [](Quit) { return behaviors::stopped; },
      [](Fail) -> casty::outcome { throw std::runtime_error("as asked"); });
}

behavior<Ask> keeper(Asks& kept) {
  return behaviors::receive<Ask>([&kept](const Ask& m) {
    kept.push_back(m.reply_to);
    return behaviors::same;
  });
}

struct Gated {
  World world;
  Asks kept;
};

// A gate that is shut, full, and three senders that wait for it.
template <class System>
std::pair<casty::actor_ref<Gate>, std::vector<casty::actor_ref<Sender>>> shut_gate(
    System& system, Gated& all, std::uint32_t capacity) {
  const auto keeps = system.spawn(keeper(all.kept));
  const auto to = system.spawn(
      behaviors::supervise(gate(all.world, keeps), casty::one_for_one_strategy{}), {},
      waits(capacity));
  to.tell(Ask{casty::ignored});
  system.run();
  for (std::uint32_t each = 0; each < capacity; ++each) {
    to.tell(Item{9, static_cast<int>(each)});
  }
  std::vector<casty::actor_ref<Sender>> senders;
  for (int each = 0; each < 3; ++each) {
    senders.push_back(system.spawn(sender(all.world, each, to)));
    senders.back().tell(Send{each, each});
    system.run();
  }
  return {to, senders};
}

TEST_CASE("core/sending: the receiver stops, and those that wait hear of it") {
  under_seeds<Gated>([](auto& system, Gated& all) {
    const auto [to, senders] = shut_gate(system, all, 2);
    CHECK(all.world.notes.empty());
    CHECK(system.counts().waiting == 2 + 1 + 3);

    system.stop(to);
    system.run();

    CHECK(all.world.notes == std::vector<std::string>(3, "dead_target"));
    // Two in the mailbox, three offered, one in its handler.
    CHECK(system.counts().dead_of(reason::stopped) == 2 + 3 + 1);
    CHECK(system.counts().waiting == 0);
    all.kept.clear();
  });
}

TEST_CASE("core/sending: the receiver restarts, and those that wait go on to") {
  under_seeds<Gated>([](auto& system, Gated& all) {
    const auto [to, senders] = shut_gate(system, all, 1);
    all.kept.front().tell(0);
    system.run();

    CHECK(all.world.seen == Items{{9, 0}, {0, 0}, {1, 1}, {2, 2}});
    CHECK(all.world.notes == std::vector<std::string>(3, "sent"));
    CHECK(system.counts().dead == system.counts().dead_of(reason::failed));
    CHECK(to.try_tell(Item{9, 1}));
    CHECK_FALSE(to.try_tell(Item{9, 2}));
    all.kept.clear();
  });
}

TEST_CASE("core/sending: a sender that stops while it waits has sent, and nobody is told") {
  under_seeds<Gated>([](auto& system, Gated& all) {
    std::vector<std::string> letters;
    system.event_stream().subscribe([&](const casty::dead_letter& letter) {
      letters.emplace_back(letter.message);
    });
    const auto [to, senders] = shut_gate(system, all, 1);
    system.stop(senders[1]);
    system.run();
    CHECK(letters == std::vector<std::string>{"Send"});
    all.kept.front().tell(1);
    system.run();

    CHECK(all.world.seen == Items{{9, 0}, {0, 0}, {1, 1}, {2, 2}});
    CHECK(all.world.notes == std::vector<std::string>(2, "sent"));
    CHECK(letters == std::vector<std::string>{"Send"});
    CHECK(system.counts().dead == 1);
    all.kept.clear();
  });
}

TEST_CASE("core/sending: to an actor that is gone nobody waits: a dead letter") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = system.spawn(sink(world.seen), {}, waits(1));
    to.tell(Quit{});
    system.run();
    system.spawn(sender(world, 0, to)).tell(Send{1, 3});
    system.run();
    CHECK(world.notes == std::vector<std::string>(3, "sent"));
    CHECK(system.counts().dead_of(reason::no_such_actor) == 3);
    CHECK(system.counts().dead == 3);
  });
}

TEST_CASE("core/sending: one that is dropped before it is awaited is not sent") {
  under_seeds<World>([](auto& system, World& world) {
    const auto to = system.spawn(sink(world.seen), {}, waits(1));
    { const casty::sending dropped = to.template send<Item>(0, 1); }
    CHECK(to.try_tell(Item{0, 2}));
    { const casty::sending dropped = to.template send<Item>(0, 3); }
    CHECK_FALSE(to.try_tell(Item{0, 4}));
    system.run();
    CHECK(world.seen == Items{{0, 2}});
    CHECK(system.counts().sent == 1);
  });
}

struct Own : casty::protocol<Send, Other> {};

TEST_CASE("core/sending: an actor does not wait for room in its own mailbox") {
  under_seeds<World>([](auto& system, World& world) {
    const auto own = system.spawn(behaviors::receive<Own>(
        [&world](casty::actor_context<Own>& ctx, Send m) -> task<behavior<Own>> {
          for (int number = m.first; number <= m.last; ++number) {
            try {
              co_await ctx.self().send<Other>();
              world.notes.emplace_back("sent");
            } catch (const casty::error& failure) {
              world.notes.emplace_back(to_string(failure.code()));
            }
          }
          co_return behaviors::same;
        },
        [&world](Other) {
          world.notes.emplace_back("other");
          return behaviors::same;
        }), {}, waits(2));
    own.tell(Send{1, 3});
    system.run();
    CHECK(world.notes ==
          std::vector<std::string>{"sent", "sent", "mailbox_full", "other", "other"});
    CHECK(system.counts().sent == 3);
  });
}

struct Fussy {
  template <class Action>
  explicit Fussy(const Action& first) {
    first();
    throw std::runtime_error("no message");
  }
};

TEST_CASE("core/sending: room that was reserved in vain goes to those that wait") {
  under_seeds<World>([](auto& system, World& world) {
    struct Both : casty::protocol<Item, Fussy> {};
    const auto to = system.spawn(behaviors::receive<Both>(
        [&world](Item m) {
          world.seen.push_back(m);
          return behaviors::same;
        },
        behaviors::ignore<Fussy>), {}, waits(1));
    const auto from = system.spawn(sender(world, 0, to));
    // While the message is built it has the only room, and a sender begins to wait.
    CHECK_THROWS_AS(to.template tell<Fussy>([&] {
      from.tell(Send{1, 3});
      system.run();
      CHECK(world.seen.empty());
      CHECK_FALSE(to.try_tell(Item{9, 9}));
    }), std::runtime_error);
    system.run();
    CHECK(world.seen == Items{{0, 1}, {0, 2}, {0, 3}});
    CHECK(to.try_tell(Item{9, 1}));
    CHECK_FALSE(to.try_tell(Item{9, 2}));
  });
}

TEST_CASE("core/sending: between two systems, while both live and after") {
  under_seeds<World>([](auto& here, World& world) {
    {
      casty::testkit::test_system there(7, {.name = "there", .log = casty::log_level::off});
      const auto to = there.spawn(sink(world.seen), {}, waits(1));
      const auto from = here.spawn(sender(world, 0, to));
      from.tell(Send{1, 4});
      for (int round = 0; round < 10; ++round) {
        here.run();
        there.run();
      }
      CHECK(world.seen == Items{{0, 1}, {0, 2}, {0, 3}, {0, 4}});
      from.tell(Send{5, 7});
      here.run();
      CHECK(world.notes == std::vector<std::string>(5, "sent"));
    }
    here.run();
    // The one that waited was let in by the drain of that system; then nobody is there.
    CHECK(world.notes == std::vector<std::string>(7, "sent"));
    CHECK(here.counts().waiting == 0);
  });
}

}  // namespace
