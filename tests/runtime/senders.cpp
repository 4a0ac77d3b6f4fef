#include "runtime/senders.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::detail::announcements;
using casty::detail::is_sent_to;
using casty::detail::number_hand_over;
using casty::detail::sending;

struct Item {};

casty::behavior<Item> counting(std::atomic<int>& handled) {
  return behaviors::receive<Item>([&handled](Item) {
    ++handled;
    return behaviors::same;
  });
}

casty::detail::cell* cell_of(const casty::actor_ref<Item>& actor) {
  return casty::detail::ref_access::get(actor).actor;
}

casty::system_options quiet(unsigned workers) {
  return {.name = "senders", .workers = workers, .log = casty::log_level::off};
}

TEST_CASE("runtime/senders: a hand-over waits for sends begun before, not for later ones") {
  std::atomic<int> handled{0};
  casty::actor_system system(quiet(1));
  const auto actor = system.spawn(counting(handled));
  std::optional<sending> send;
  send.emplace(cell_of(actor));
  const casty::detail::port& inbox = *send->to();

  const std::uint64_t hand_over = number_hand_over();
  CHECK(is_sent_to(inbox, hand_over));
  send.reset();
  CHECK_FALSE(is_sent_to(inbox, hand_over));
  send.emplace(cell_of(actor));
  CHECK_FALSE(is_sent_to(inbox, hand_over));
  CHECK(is_sent_to(inbox, number_hand_over()));
}

TEST_CASE("runtime/senders: a hand-over does not wait for sends to another worker") {
  std::atomic<int> handled{0};
  casty::actor_system system(quiet(2));
  const auto one = system.spawn(counting(handled));
  const auto other = system.spawn(counting(handled));
  std::optional<sending> send;
  send.emplace(cell_of(other));
  const casty::detail::port& elsewhere = *send->to();
  send.reset();

  send.emplace(cell_of(one));
  const std::uint64_t hand_over = number_hand_over();
  REQUIRE(send->to() != &elsewhere);
  CHECK(is_sent_to(*send->to(), hand_over));
  CHECK_FALSE(is_sent_to(elsewhere, hand_over));
}

// Another system takes the cells of actors that have ended.
TEST_CASE("runtime/senders: what actors tell the dead is counted in their own system") {
  struct Pass {
    casty::actor_ref<Item> to;
  };
  constexpr int dead = 1000;
  std::atomic<int> handled{0};
  casty::actor_system one(quiet(1));
  casty::actor_system two(quiet(1));
  const auto teller = one.spawn(behaviors::receive<Pass>([](const Pass& m) {
    m.to.tell(Item{});
    return behaviors::same;
  }));
  std::vector<casty::actor_ref<Item>> gone;
  for (int each = 0; each < dead; ++each) {
    gone.push_back(one.spawn(counting(handled)));
  }
  REQUIRE(one.drain());
  for (const auto& each : gone) {
    one.stop(each);
  }
  REQUIRE(one.drain());
  std::size_t taken_over = 0;
  for (int each = 0; each < 4 * dead; ++each) {
    const auto made = two.spawn(counting(handled));
    for (const auto& before : gone) {
      taken_over += cell_of(made) == cell_of(before) ? 1 : 0;
    }
  }
  CHECK(taken_over > 0);
  for (const auto& each : gone) {
    teller.tell(Pass{each});
  }
  REQUIRE(one.drain());
  REQUIRE(two.drain());
  CHECK(one.counts().dead == dead);
  CHECK(two.counts().dead == 0);
  CHECK(handled == 0);
}

TEST_CASE("runtime/senders: threads that have ended leave their announcements to others") {
  std::atomic<int> handled{0};
  casty::actor_system system(quiet(1));
  const auto actor = system.spawn(counting(handled));
  const auto sends = [&] { std::thread([&] { actor.tell(Item{}); }).join(); };
  sends();
  const std::size_t before = announcements();

  for (int each = 0; each < 100; ++each) {
    sends();
  }
  CHECK(announcements() == before);
  REQUIRE(system.drain());
  CHECK(handled.load() == 101);
}

// Sends when the thread ends. What a thread makes first, it destroys last.
struct late_sender {
  ~late_sender() {
    actor->tell(Item{});
    actor->tell(Item{});
  }
  const casty::actor_ref<Item>* actor = nullptr;
};

TEST_CASE("runtime/senders: what is sent while a thread ends arrives, and keeps nothing back") {
  std::atomic<int> handled{0};
  casty::actor_system system(quiet(1));
  const auto actor = system.spawn(counting(handled));
  const auto sends = [&] {
    std::thread([&] {
      thread_local late_sender last;
      last.actor = &actor;
      actor.tell(Item{});
    }).join();
  };
  sends();
  const std::size_t before = announcements();

  for (int each = 0; each < 100; ++each) {
    sends();
  }
  CHECK(announcements() == before);
  REQUIRE(system.drain());
  CHECK(handled.load() == 303);
}

// Each of these threads has an announcement that another one had before.
TEST_CASE("runtime/senders: threads come and go while hand-overs look at what they send") {
  std::atomic<int> handled{0};
  casty::actor_system system(quiet(1));
  const auto actor = system.spawn(counting(handled));
  constexpr int threads = 4;
  constexpr int lives = 50;
  constexpr int items = 100;
  std::atomic<int> running{threads};
  std::vector<std::thread> all;
  for (int each = 0; each < threads; ++each) {
    all.emplace_back([&] {
      for (int life = 0; life < lives; ++life) {
        std::thread([&] {
          for (int item = 0; item < items; ++item) {
            actor.tell(Item{});
          }
        }).join();
      }
      --running;
    });
  }

  // None waits for ever, whatever is sent meanwhile.
  casty::detail::port& inbox = *casty::detail::home_of(cell_of(actor));
  while (running != 0) {
    const std::uint64_t hand_over = number_hand_over();
    while (is_sent_to(inbox, hand_over)) {
    }
  }
  for (std::thread& thread : all) {
    thread.join();
  }
  REQUIRE(system.drain(casty::duration::seconds(60)));
  CHECK(handled.load() == threads * lives * items);
}

}  // namespace
