#include "ledger/journal/input_log.hpp"

#include <utility>

#include "casty/persistence.hpp"

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;
using input_effect = casty::effect<InputEvents>;

input_effect open(const input_progress& known, const OpenInput& asked) {
  asked.reply_to.tell(true);
  if (!known.journal_id.empty()) {
    return behaviors::same;
  }
  return behaviors::persisted(events::Opened{asked.journal_id});
}

}  // namespace

casty::behavior<InputLog> input_log(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::string(input_entity),
      .journal = std::move(journal),
      .initial_state = input_progress{},
      .on_event = casty::on_event<InputEvents>(
          [](input_progress known, const events::Opened& event) {
            known.journal_id = event.journal_id;
            return known;
          },
          [](input_progress known, const events::BatchBegun& event) {
            known.begun = event.mark;
            return known;
          },
          [](input_progress known, events::BatchDone) {
            known.done = known.begun;
            return known;
          }),
      .on_command = casty::on_command<InputLog>(
          [](const input_progress& known, const GetProgress& asked) {
            asked.reply_to.tell(known);
            return behaviors::same;
          },
          &open,
          [](const BeginBatch& asked) {
            asked.reply_to.tell(true);
            return behaviors::persisted(events::BatchBegun{asked.mark});
          },
          [](const input_progress& known, const EndBatch& asked) {
            asked.reply_to.tell(true);
            return behaviors::persisted(events::BatchDone{known.begun.batch});
          }),
  });
}

}  // namespace ledger
