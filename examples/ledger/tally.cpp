#include "ledger/tally.hpp"

#include <optional>

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;

struct Count {
  outcome_counts counts = {};
  std::optional<WhenDone> asked = {};

  void answer_when_done() {
    if (asked && counts.settled + counts.refused >= asked->transactions) {
      asked->reply_to.tell(counts);
      asked.reset();
    }
  }
};

}  // namespace

casty::behavior<Tally> tally() {
  return behaviors::with_state<Tally>(
      Count{},
      [](Count& count, Settled) {
        ++count.counts.settled;
        count.answer_when_done();
        return behaviors::same;
      },
      [](Count& count, Refused) {
        ++count.counts.refused;
        count.answer_when_done();
        return behaviors::same;
      },
      [](Count& count, const WhenDone& asked) {
        count.asked.emplace(asked);
        count.answer_when_done();
        return behaviors::same;
      });
}

}  // namespace ledger
