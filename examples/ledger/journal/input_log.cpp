#include "ledger/journal/input_log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "casty/persistence.hpp"

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;
using input_effect = casty::effect<InputEvents>;

struct Written {
  input_progress progress = {};
  std::vector<events::BatchDone> batches = {};
};

input_effect open(const Written& known, const OpenInput& asked) {
  asked.reply_to.tell(true);
  if (!known.progress.journal_id.empty()) {
    return behaviors::same;
  }
  return behaviors::persisted(events::Opened{asked.journal_id});
}

input_effect begin(const Written& known, const BeginBatch& asked) {
  const auto& [id, done, begun] = known.progress;
  if (begun.batch != done.batch && begun != asked.mark) {
    throw std::logic_error("a batch begins before the one that was begun is done");
  }
  asked.reply_to.tell(true);
  if (begun == asked.mark) {
    return behaviors::same;
  }
  return behaviors::persisted(events::BatchBegun{asked.mark});
}

input_effect end(const Written& known, const EndBatch& asked) {
  asked.reply_to.tell(true);
  if (known.progress.done.batch == asked.batch) {
    return behaviors::same;
  }
  return behaviors::persisted(events::BatchDone{asked.batch, asked.id});
}

casty::outcome tell_batch_id(const Written& known, const GetBatchId& asked) {
  const auto found = std::ranges::find(known.batches, asked.batch, &events::BatchDone::batch);
  asked.reply_to.tell(found == known.batches.end() ? std::string() : found->id);
  return behaviors::same;
}

}  // namespace

casty::behavior<InputLog> input_log(casty::journal journal) {
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = std::string(input_entity),
      .journal = std::move(journal),
      .initial_state = Written{},
      .on_event = casty::on_event<InputEvents>(
          [](Written known, const events::Opened& event) {
            known.progress.journal_id = event.journal_id;
            return known;
          },
          [](Written known, const events::BatchBegun& event) {
            known.progress.begun = event.mark;
            return known;
          },
          [](Written known, const events::BatchDone& event) {
            known.progress.done = known.progress.begun;
            known.batches.push_back(event);
            return known;
          }),
      .on_command = casty::on_command<InputLog>(
          [](const Written& known, const GetProgress& asked) {
            asked.reply_to.tell(known.progress);
            return behaviors::same;
          },
          &open, &begin, &end, &tell_batch_id),
  });
}

}  // namespace ledger
