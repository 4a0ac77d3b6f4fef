#include "casty/testkit/journal_conformance.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "testkit/asked_journal.hpp"

namespace casty::testkit {

namespace {

struct Written {
  std::uint64_t number = 0;
  std::string text;
};
struct Other {
  double value = 0;
};

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

[[nodiscard]] std::string said(const journal_verdict& verdict) {
  return std::string(to_string(verdict.failure)) + " " + verdict.detail;
}

[[nodiscard]] std::vector<stored_value> numbered(std::uint64_t first, std::uint64_t count) {
  std::vector<stored_value> made;
  for (std::uint64_t each = first; each < first + count; ++each) {
    made.push_back(stored_value::of(Written{each, std::string(each % 50, 'x')}));
  }
  return made;
}

void require_ok(const journal_verdict& verdict) { require(!verdict.failed(), said(verdict)); }

void require_numbers(const event_page& page, std::uint64_t first, std::uint64_t count) {
  require_ok(page.verdict);
  require(page.events.size() == count, std::to_string(page.events.size()) + " events in place of " +
                                           std::to_string(count));
  require(count == 0 || page.first == first, "the first is number " + std::to_string(page.first) +
                                                 " in place of " + std::to_string(first));
  for (std::uint64_t each = 0; each < count; ++each) {
    const stored_value& value = page.events[each];
    require(value.type == stored_type::of<Written>(), "an event of another type");
    require(wire::decode<Written>(value.bytes).number == first + each,
            "event " + std::to_string(first + each) + " is another");
  }
}

void require_last(const event_page& page, std::uint64_t last) {
  require_ok(page.verdict);
  require(page.last == last, "the newest is number " + std::to_string(page.last) +
                                 " in place of " + std::to_string(last));
}

void nothing_at_first(asked_journal& of) {
  require_numbers(of.load("none", 0), 0, 0);
  require(!of.snapshot("none").newest, "a snapshot of nothing");
  require(of.entities("", 10).entities.empty(), "entities in an empty store");
}

void events_in_their_order(asked_journal& of) {
  require_ok(of.persist("order", 0, numbered(1, 3)));
  require_ok(of.persist("order", 3, numbered(4, 2)));
  require_numbers(of.load("order", 0), 1, 5);
  require_numbers(of.load("order", 3), 4, 2);
  require_numbers(of.load("order", 5), 0, 0);
  require_numbers(of.load("order", 99), 0, 0);
}

void pages_of_many(asked_journal& of) {
  require_ok(of.persist("many", 0, numbered(1, 2500)));
  require_numbers(of.load("many", 0, 1000), 1, 1000);
  require_numbers(of.load("many", 1000, 1000), 1001, 1000);
  require_numbers(of.load("many", 2000, 1000), 2001, 500);
  require_numbers(of.load("many", 7, 1), 8, 1);
}

void conflicts_are_refused(asked_journal& of) {
  require_ok(of.persist("conflict", 0, numbered(1, 2)));
  for (const std::uint64_t after : {0U, 1U, 3U}) {
    const journal_verdict verdict = of.persist("conflict", after, numbered(after + 1, 2));
    require(verdict.failure == errc::conflict,
            "after " + std::to_string(after) + " of 2: " + said(verdict));
  }
  require_numbers(of.load("conflict", 0), 1, 2);
  require_ok(of.persist("conflict", 2, numbered(3, 1)));
}

[[nodiscard]] std::size_t bytes_of(const stored_value& event) { return event.bytes.size(); }
[[nodiscard]] std::size_t bytes_of(const placed_event& event) { return event.event.bytes.size(); }

template <class Page>
void require_room(const Page& page, std::size_t events_max) {
  require_ok(page.verdict);
  std::size_t bytes = 0;
  for (const auto& each : page.events) {
    bytes += bytes_of(each);
  }
  require(page.events.size() <= events_max, "more than were asked for");
  require(bytes <= event_journal::page_bytes_max || page.events.size() == 1,
          std::to_string(page.events.size()) + " events of " + std::to_string(bytes) +
              " bytes on one page");
}

void pages_of_large_ones(asked_journal& of) {
  std::uint64_t position = 0;
  for (placed_page page = of.read(0, 1000); !page.events.empty(); page = of.read(position, 1000)) {
    position = page.events.back().position;
  }
  std::vector<stored_value> events;
  for (const std::size_t kilobytes : {400, 400, 400, 1, 3000, 2000, 1}) {
    events.push_back(
        stored_value::of(Written{events.size() + 1, std::string(kilobytes * 1000, 'x')}));
  }
  const std::uint64_t count = events.size();
  require_ok(of.persist("large", 0, std::move(events)));
  std::uint64_t found = 0;
  for (event_page page = of.load("large", 0); !page.events.empty();
       page = of.load("large", found)) {
    require_room(page, 1000);
    require_numbers(page, found + 1, page.events.size());
    found += page.events.size();
  }
  require(found == count, std::to_string(found) + " of " + std::to_string(count) + " were loaded");
  found = 0;
  for (placed_page page = of.read(position, 1000); !page.events.empty();
       page = of.read(page.events.back().position, 1000)) {
    require_room(page, 1000);
    found += page.events.size();
  }
  require(found == count, std::to_string(found) + " of " + std::to_string(count) + " were read");
}

void the_newest_number_is_told(asked_journal& of) {
  require_last(of.load("newest", 0), 0);
  require_ok(of.save("newest", {1, stored_value::of(Written{})}, 1));
  require_last(of.load("newest", 0), 0);
  require_ok(of.persist("newest", 0, numbered(1, 5)));
  for (const std::uint64_t after : {0U, 2U, 5U, 99U}) {
    require_last(of.load("newest", after), 5);
    require_last(of.load("newest", after, 1), 5);
  }
  require_ok(of.delete_to("newest", 5));
  require_last(of.load("newest", 0), 5);
  require_ok(of.persist("newest", 5, numbered(6, 2)));
  require_last(of.load("newest", 0), 7);
  require_ok(of.delete_to("newest", 7));
  require_last(of.load("newest", 0), 7);
}

void entities_do_not_mix(asked_journal& of) {
  for (const std::string& name : {std::string("mix"), std::string("mix "), std::string("Mix"),
                                  std::string("mi\xC3\xBC"), std::string("mix/1")}) {
    require_numbers(of.load(name, 0), 0, 0);
    require_ok(of.persist(name, 0, numbered(1, 1)));
    require_numbers(of.load(name, 0), 1, 1);
  }
}

void values_come_back(asked_journal& of) {
  std::vector<stored_value> events;
  events.push_back(stored_value::of(Other{0.5}));
  events.push_back(stored_value::of(Written{1, std::string(100'000, '\0')}));
  events.push_back(
      {stored_type({"Long gone", 7, "Long gone/7{text}"}), std::vector<std::byte>()});
  require_ok(of.persist("values", 0, events));
  const event_page page = of.load("values", 0);
  require(page.events.size() == 3, "not all are there");
  for (std::size_t each = 0; each < 3; ++each) {
    require(page.events[each].type == events[each].type, "another type");
    require(page.events[each].bytes == events[each].bytes, "other bytes");
  }
}

void snapshots_are_kept(asked_journal& of) {
  require_ok(of.persist("snapshots", 0, numbered(1, 9)));
  for (std::uint64_t sequence = 3; sequence <= 9; sequence += 3) {
    require_ok(of.save("snapshots", {sequence, stored_value::of(Written{sequence, ""})}, 2));
    const snapshot_answer found = of.snapshot("snapshots");
    require(found.newest && found.newest->sequence == sequence, "the newest is another");
    require(wire::decode<Written>(found.newest->state.bytes).number == sequence, "another state");
  }
  // The same number again is a newer one.
  require_ok(of.save("snapshots", {9, stored_value::of(Written{100, ""})}, 2));
  require(wire::decode<Written>(of.snapshot("snapshots").newest->state.bytes).number == 100,
          "the one of before");
}

void an_older_snapshot_is_no_newer_one(asked_journal& of) {
  const auto save = [&of](std::uint64_t sequence, std::uint32_t keep) {
    return of.save("older", {sequence, stored_value::of(Written{sequence, ""})}, keep);
  };
  require_ok(of.persist("older", 0, numbered(1, 9)));
  require_ok(save(9, 2));
  for (const std::uint32_t keep : {2U, 1U, UINT32_MAX}) {
    require_ok(save(3, keep));
    const snapshot_answer found = of.snapshot("older");
    require(found.newest && found.newest->sequence == 9 &&
                wire::decode<Written>(found.newest->state.bytes).number == 9,
            "after 9 and 3 another one than 9 is the newest");
  }
  require_ok(save(9, 0));
  require(!of.snapshot("older").newest, "one is there where none was to stay");
  require_ok(save(9, 1));
  // Such a number is no event's. What cannot be kept is refused, and changes nothing.
  if (!save(UINT64_MAX, 1).failed()) {
    require(of.snapshot("older").newest->sequence == UINT64_MAX, "it has another number");
  } else {
    require(of.snapshot("older").newest->sequence == 9, "it is refused and there");
  }
}

void numbers_at_their_ends(asked_journal& of) {
  constexpr std::uint64_t signed_max = INT64_MAX;
  require_ok(of.persist("ends", 0, numbered(1, 5)));
  for (const std::uint64_t after : {signed_max, signed_max + 1, UINT64_MAX}) {
    require_numbers(of.load("ends", after), 0, 0);
    require_last(of.load("ends", after), 5);
    require(of.persist("ends", after, numbered(1, 1)).failure == errc::conflict,
            "it goes on after " + std::to_string(after));
    const placed_page page = of.read(after, 100);
    require_ok(page.verdict);
    require(page.events.empty(), "events at positions after " + std::to_string(after));
  }
  for (const std::size_t most : {static_cast<std::size_t>(signed_max), SIZE_MAX}) {
    require_numbers(of.load("ends", 0, most), 1, 5);
    require_room(of.read(0, most), most);
    require(!of.read(0, most).events.empty(), "of all events none are read");
    const std::vector<std::string> names = of.entities("", most).entities;
    require(std::count(names.begin(), names.end(), "ends") == 1, "of all entities it is missing");
  }
  require_ok(of.delete_to("ends", 0));
  require_numbers(of.load("ends", 0), 1, 5);
  require_ok(of.delete_to("ends", UINT64_MAX));
  require_numbers(of.load("ends", 0), 0, 0);
  require_last(of.load("ends", 0), 5);
  require_ok(of.persist("ends", 5, numbered(6, 1)));
  require_numbers(of.load("ends", 0), 6, 1);
}

// Kept whole, or refused.
void names_with_zero_bytes(asked_journal& of) {
  for (const std::string& name : {std::string("zero"), std::string("zero\0", 5),
                                  std::string("zero\0a", 6), std::string("zero\0b", 6)}) {
    require_numbers(of.load("zero", 0), 1, name == "zero" ? 0 : 1);
    if (of.persist(name, 0, numbered(1, 1)).failed()) {
      require(name != "zero", "a name like any is refused");
      continue;
    }
    require_numbers(of.load(name, 0), 1, 1);
    const std::vector<std::string> names = of.entities("zer", 100).entities;
    require(std::count(names.begin(), names.end(), name) == 1, "it is listed under another name");
    require(std::is_sorted(names.begin(), names.end()), "names are not in their order");
  }
}

void what_is_deleted_leaves_its_numbers(asked_journal& of) {
  require_ok(of.persist("deleted", 0, numbered(1, 5)));
  require_ok(of.delete_to("deleted", 3));
  require_numbers(of.load("deleted", 0), 4, 2);
  require_ok(of.delete_to("deleted", 5));
  require_numbers(of.load("deleted", 0), 0, 0);
  require(of.persist("deleted", 0, numbered(1, 1)).failure == errc::conflict,
          "numbers begin again");
  require_ok(of.persist("deleted", 5, numbered(6, 1)));
  require_numbers(of.load("deleted", 0), 6, 1);
}

void names_are_listed(asked_journal& of) {
  std::vector<std::string> all;
  for (entity_page page = of.entities("", 2); !page.entities.empty();
       page = of.entities(all.back(), 2)) {
    require_ok(page.verdict);
    require(page.entities.size() <= 2, "more than were asked for");
    all.insert(all.end(), page.entities.begin(), page.entities.end());
  }
  require(std::is_sorted(all.begin(), all.end()), "not in their order");
  for (const char* name : {"order", "many", "conflict", "deleted"}) {
    require(std::count(all.begin(), all.end(), name) == 1, std::string(name) + " is not there");
  }
}

void all_events_in_one_order(asked_journal& of) {
  std::map<std::string, std::uint64_t> last;
  std::uint64_t position = 0;
  std::uint64_t count = 0;
  for (placed_page page = of.read(0, 100); !page.events.empty(); page = of.read(position, 100)) {
    require_ok(page.verdict);
    require(page.events.size() <= 100, "more than were asked for");
    for (const placed_event& each : page.events) {
      require(each.position > position, "positions do not grow");
      require(each.sequence > last[each.entity], "an entity's events out of their order");
      position = each.position;
      last[each.entity] = each.sequence;
      ++count;
    }
  }
  require(last["many"] == 2500 && last["order"] == 5 && count > 2500, "events are missing");
  const std::uint64_t before = position;
  require_ok(of.persist("placed", 0, numbered(1, 2)));
  const placed_page page = of.read(before, 100);
  require(page.events.size() == 2 && page.events[1].entity == "placed" &&
              wire::decode<Written>(page.events[1].event.bytes).number == 2,
          "what came last is not there");
}

void many_under_way(asked_journal& of) {
  constexpr std::uint64_t entities = 4;
  constexpr std::uint64_t each_writes = 200;
  std::vector<future<journal_verdict>> answers;
  for (std::uint64_t number = 0; number < each_writes; ++number) {
    for (std::uint64_t entity = 0; entity < entities; ++entity) {
      answers.push_back(of.begin<journal_verdict>([&](auto done) {
        of.inner()->persist("under way " + std::to_string(entity), number,
                            numbered(number + 1, 1), std::move(done));
      }));
    }
  }
  for (future<journal_verdict>& each : answers) {
    require_ok(each.get());
  }
  for (std::uint64_t entity = 0; entity < entities; ++entity) {
    require_numbers(of.load("under way " + std::to_string(entity), 0), 1, each_writes);
  }
}

void all_is_there_again(asked_journal& of) {
  require_numbers(of.load("order", 0), 1, 5);
  require_numbers(of.load("many", 2000), 2001, 500);
  require_numbers(of.load("deleted", 0), 6, 1);
  require_last(of.load("deleted", 0), 6);
  require_last(of.load("newest", 0), 7);
  require_ok(of.persist("newest", 7, numbered(8, 1)));
  require(of.persist("deleted", 5, numbered(6, 1)).failure == errc::conflict,
          "a number twice");
  require_ok(of.persist("order", 5, numbered(6, 1)));
  require(of.snapshot("snapshots").newest.has_value(), "the snapshot is gone");
  require(of.load("values", 0).events.back().type.label().description == "Long gone/7{text}",
          "another type");
}

}  // namespace

std::vector<conformance_case> check_journal(const std::function<journal()>& open) {
  using check = void (*)(asked_journal&);
  const std::pair<const char*, check> before[] = {
      {"an empty store has nothing", &nothing_at_first},
      {"events come back in their order, from any number on", &events_in_their_order},
      {"many events come in pages", &pages_of_many},
      {"a number that is not the next is a conflict", &conflicts_are_refused},
      {"a page of large events takes no more than its bytes", &pages_of_large_ones},
      {"the number of the newest event is told, deleted or not", &the_newest_number_is_told},
      {"entities do not mix, whatever their names", &entities_do_not_mix},
      {"values come back as they were, with their types", &values_come_back},
      {"the newest snapshot is found", &snapshots_are_kept},
      {"the newest snapshot is that of the greatest number", &an_older_snapshot_is_no_newer_one},
      {"numbers at the ends of their range do not wrap", &numbers_at_their_ends},
      {"names with zero bytes are kept whole, or refused", &names_with_zero_bytes},
      {"deleted events leave their numbers taken", &what_is_deleted_leaves_its_numbers},
      {"entities are listed in their order", &names_are_listed},
      {"all events are read in one order", &all_events_in_one_order},
      {"operations under way do not disturb each other", &many_under_way},
  };
  std::vector<conformance_case> cases;
  const auto run = [&](const char* name, check what, asked_journal& on) {
    std::string problem;
    try {
      what(on);
    } catch (const std::exception& failed) {
      problem = failed.what();
    }
    cases.push_back({name, std::move(problem)});
  };
  {
    asked_journal first(open());
    for (const auto& [name, what] : before) {
      run(name, what, first);
    }
  }
  asked_journal again(open());
  run("all is there when it is opened again", &all_is_there_again, again);
  return cases;
}

}  // namespace casty::testkit
