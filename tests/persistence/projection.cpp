#include "casty/persistence/projection.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "casty/actor.hpp"
#include "casty/testkit/test_system.hpp"
#include "support/faulty_journal.hpp"

namespace {

namespace behaviors = casty::behaviors;
using casty::duration;
using casty::errc;

struct Deposited {
  std::int64_t cents = 0;
};
struct Withdrawn {
  std::int64_t cents = 0;
};
struct Events : casty::protocol<Deposited, Withdrawn> {};
struct Unrelated {
  int number = 0;
};

// What somebody builds, and stores with its position.
struct Totals {
  std::map<std::string, std::int64_t> balance;
  std::uint64_t position = 0;
  int pages = 0;
  std::int64_t poison = -1;
  bool is_locked = false;
};

casty::behavior<casty::projection_step> totals(const casty::journal& journal, Totals& of) {
  return behaviors::project(
      casty::projection{.journal = journal,
                        .offset = [&of] { return of.position; },
                        .on_event = casty::on_placed_event<Events>(
                            [&of](const casty::event_place& place, const Deposited& e) {
                              if (e.cents == of.poison) {
                                throw std::runtime_error("not today");
                              }
                              of.balance[place.entity] += e.cents;
                            },
                            [&of](const casty::event_place& place, Withdrawn e) {
                              of.balance[place.entity] -= e.cents;
                            }),
                        .on_page =
                            [&of](std::uint64_t position) {
                              if (of.is_locked) {
                                throw std::runtime_error("locked");
                              }
                              of.position = position;
                              ++of.pages;
                            },
                        .every = duration::seconds(1)});
}

// Cannot be read so many times.
class journal_away final : public casty::event_journal {
 public:
  journal_away(casty::journal around, int times) : inner_(std::move(around)), left_(times) {}

  void read(std::uint64_t after, std::size_t most,
            casty::reply_to<casty::placed_page> done) override {
    ++reads;
    if (left_ > 0) {
      --left_;
      done.tell({{errc::unavailable, "it is away"}, {}});
    } else {
      inner_->read(after, most, std::move(done));
    }
  }

  void persist(std::string_view, std::uint64_t, std::vector<casty::stored_value>,
               casty::reply_to<casty::journal_verdict>) override {}
  void load(std::string_view, std::uint64_t, std::size_t,
            casty::reply_to<casty::event_page>) override {}
  void save_snapshot(std::string_view, casty::stored_snapshot, std::uint32_t,
                     casty::reply_to<casty::journal_verdict>) override {}
  void load_snapshot(std::string_view, casty::reply_to<casty::snapshot_answer>) override {}
  void delete_to(std::string_view, std::uint64_t,
                 casty::reply_to<casty::journal_verdict>) override {}
  void entities(std::string_view, std::size_t, casty::reply_to<casty::entity_page>) override {}

  int reads = 0;

 private:
  casty::journal inner_;
  int left_;
};

TEST_CASE("persistence/projection: it takes the events of its protocol, and those that come") {
  const auto journal = casty::in_memory_journal();
  store(*journal, "a", 0, {casty::stored_value::of(Deposited{10})});
  store(*journal, "b", 0, {casty::stored_value::of(Deposited{5})});
  store(*journal, "other", 0, {casty::stored_value::of(Unrelated{1})});
  store(*journal, "a", 1, {casty::stored_value::of(Withdrawn{3})});
  Totals of;
  casty::testkit::test_system system(1);
  system.spawn(totals(journal, of));
  system.run();
  CHECK(of.balance == std::map<std::string, std::int64_t>{{"a", 7}, {"b", 5}});
  CHECK(of.position == 4);

  store(*journal, "b", 1, {casty::stored_value::of(Deposited{1})});
  system.advance(duration::seconds(2));
  CHECK(of.balance["b"] == 6);
  CHECK(of.position == 5);
  CHECK(of.pages == 2);
}

TEST_CASE("persistence/projection: another one goes on from the stored position") {
  const auto journal = casty::in_memory_journal();
  store(*journal, "a", 0, {casty::stored_value::of(Deposited{10})});
  Totals of;
  for (int phase = 1; phase <= 2; ++phase) {
    casty::testkit::test_system system(1);
    system.spawn(totals(journal, of));
    system.run();
    CHECK(of.balance["a"] == 10);
  }
  CHECK(of.pages == 1);
}

TEST_CASE("persistence/projection: what fails is tried again from the stored position") {
  const auto inner = casty::in_memory_journal();
  for (std::uint64_t each = 0; each < 3; ++each) {
    store(*inner, "a", each, {casty::stored_value::of(Deposited{static_cast<int>(each) + 1})});
  }
  Totals of;
  casty::testkit::test_system system(1);
  const casty::one_for_one_strategy again{
      .backoff = {.min = duration::seconds(5), .max = duration::seconds(5), .jitter = 0}};
  SUBCASE("a handler") {
    of.poison = 3;
    system.spawn(behaviors::supervise(totals(inner, of), again));
    system.run();
    CHECK(of.position == 0);
    of.poison = -1;
    of.balance.clear();  // as a transaction would
    system.advance(duration::seconds(6));
    CHECK(of.balance["a"] == 6);
    CHECK(of.position == 3);
  }
  SUBCASE("what cannot be read") {
    auto broken = casty::stored_value::of(Deposited{1});
    broken.bytes.pop_back();
    store(*inner, "a", 3, {broken});
    system.spawn(behaviors::supervise(totals(inner, of), again));
    system.advance(duration::seconds(6));
    CHECK(of.position == 0);
  }
}

TEST_CASE(
    "persistence/projection: resumed, it tries again what it failed at, less and less often") {
  const auto inner = casty::in_memory_journal();
  for (std::uint64_t each = 0; each < 3; ++each) {
    store(*inner, "a", each, {casty::stored_value::of(Deposited{static_cast<int>(each) + 1})});
  }
  Totals of;
  casty::testkit::test_system system(1);
  const casty::one_for_one_strategy resuming{
      .decider = [](const std::exception_ptr&) { return casty::directive::resume; }};
  SUBCASE("a page") {
    const auto away = std::make_shared<journal_away>(inner, 5);
    system.spawn(behaviors::supervise(totals(casty::journal(away), of), resuming));
    system.run();
    CHECK(away->reads == 1);
    system.advance(duration::seconds(10));  // after 1, 3 and 7 seconds, the next after 15
    CHECK(away->reads == 4);
    system.advance(duration::seconds(30));
    CHECK(of.balance["a"] == 6);
    CHECK(of.position == 3);
  }
  SUBCASE("a position that could not be stored") {
    of.is_locked = true;
    system.spawn(behaviors::supervise(totals(inner, of), resuming));
    system.run();
    of.is_locked = false;
    system.advance(duration::seconds(3));
    CHECK(of.balance["a"] == 6);
    CHECK(of.position == 3);
  }
  SUBCASE("an event, not those before it") {
    of.poison = 3;
    system.spawn(behaviors::supervise(totals(inner, of), resuming));
    system.run();
    CHECK(of.balance["a"] == 3);
    of.poison = -1;
    system.advance(duration::seconds(3));
    CHECK(of.balance["a"] == 6);
    CHECK(of.position == 3);
  }
}

}  // namespace
