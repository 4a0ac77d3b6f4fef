#include "ledger/journal/keep_table.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;

struct TableEvents
    : casty::protocol<events::Settled, events::Refused, events::BatchDone> {};

constexpr casty::duration look_again_after = casty::duration::milliseconds(20);

struct Reaching {
  std::uint64_t batches = 0;
  std::optional<WhenReached> asked = {};

  void answer_when_reached() {
    if (asked && batches >= asked->batches) {
      asked->reply_to.tell(true);
      asked.reset();
    }
  }
};

}  // namespace

casty::behavior<Milestone> milestone() {
  return behaviors::with_state<Milestone>(
      Reaching{},
      [](Reaching& at, Reached now) {
        at.batches = std::max(at.batches, now.batches);
        at.answer_when_reached();
        return behaviors::same;
      },
      [](Reaching& at, const WhenReached& asked) {
        at.asked.emplace(asked);
        at.answer_when_reached();
        return behaviors::same;
      });
}

casty::behavior<casty::projection_step> keep_table(casty::journal journal,
                                                   std::shared_ptr<account_table> table,
                                                   casty::actor_ref<Milestone> reached) {
  return behaviors::project(casty::projection{
      .journal = std::move(journal),
      .offset =
          [table, reached] {
            const account_table::place at = table->go_on();
            reached.tell(Reached{at.newest.batch});
            return at.position;
          },
      .on_event = casty::on_placed_event<TableEvents>(
          [table](const casty::event_place& place, const events::Settled& event) {
            table->add(account_in(place.entity), event);
          },
          [table](const casty::event_place&, const events::Refused& event) { table->add(event); },
          [table, reached](const casty::event_place& place, const events::BatchDone& event) {
            table->commit(event, place.position);
            reached.tell(Reached{event.batch});
          }),
      .every = look_again_after,
  });
}

}  // namespace ledger
