/// @file
/// An event-sourced counter, for benches of journals.
#pragma once

#include <string>

#include "casty/persistence.hpp"
#include "support/meter.hpp"

namespace bench {

struct Added {
  std::int64_t amount = 0;
};
struct Add {
  std::int64_t amount;
};
struct Get {
  casty::reply_to<std::int64_t> reply_to;
};
struct Fill {
  std::int64_t events;
};
struct Counter : casty::protocol<Add, Get, Fill> {};

[[nodiscard]] inline casty::behavior<Counter> counter(std::string id, casty::journal journal) {
  return casty::behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::move(id),
      .journal = std::move(journal),
      .initial_state = std::int64_t{0},
      .on_event = casty::on_event<Added>(
          [](std::int64_t sum, Added e) { return sum + e.amount; }),
      .on_command = casty::on_command<Counter>(
          [](const std::int64_t&, Add m) { return casty::behaviors::persisted(Added{m.amount}); },
          [](const std::int64_t& sum, const Get& m) {
            m.reply_to.tell(sum);
            return casty::behaviors::same;
          },
          [](const Fill& m) {
            return casty::effect<Added>(std::vector<casty::any_event<Added>>(
                static_cast<std::size_t>(m.events), Added{1}));
          }),
  });
}

/// Has `entities` of a journal persist `count` events in all, and gives the time of an ordinary
/// thread from the first command to the last answer.
[[nodiscard]] inline cost persist_all(const casty::journal& journal, std::int64_t entities,
                                      std::int64_t count) {
  casty::actor_system system(one_worker());
  std::vector<casty::actor_ref<Counter>> all;
  std::vector<std::int64_t> before;
  for (std::int64_t each = 0; each < entities; ++each) {
    all.push_back(system.spawn(counter("entity " + std::to_string(each), journal)));
    before.push_back(system.ask<Get>(all.back()).get());
  }
  const meter whole;
  for (std::int64_t each = 0; each < count; ++each) {
    all[static_cast<std::size_t>(each % entities)].tell(Add{1});
  }
  std::int64_t added = 0;
  for (std::size_t each = 0; each < all.size(); ++each) {
    added += system.ask<Get>(all[each]).within(patience).get() - before[each];
  }
  const cost spent = whole.read();
  require(added == count, "an event is missing");
  return spent;
}

}  // namespace bench
