/// @file
/// The entity that knows how far an input is settled.
#pragma once

#include <cstdint>
#include <string>

#include "casty/actor.hpp"
#include "casty/persistence/journal.hpp"

#include "ledger/journal/events.hpp"

namespace ledger {

/// How far it is. Lines between the two marks may be settled or not.
struct input_progress {
  std::string journal_id = {};  ///< empty in a new journal
  input_mark done = {};
  input_mark begun = {};
};

// Each is answered when what it asks for is written; what has been written is not written again.
struct GetProgress {
  casty::reply_to<input_progress> reply_to;
};
/// Gives a new journal its id; one that has an id keeps it.
struct OpenInput {
  std::string journal_id;
  casty::reply_to<bool> reply_to;
};
struct BeginBatch {
  input_mark mark;
  casty::reply_to<bool> reply_to;
};
struct EndBatch {
  std::uint64_t batch;  ///< the one that was begun last
  std::string id;       ///< see `events::BatchDone`
  casty::reply_to<bool> reply_to;
};
/// The id that a batch ended with; empty when it has not ended.
struct GetBatchId {
  std::uint64_t batch;
  casty::reply_to<std::string> reply_to;
};

struct InputLog : casty::protocol<GetProgress, OpenInput, BeginBatch, EndBatch, GetBatchId> {};

[[nodiscard]] casty::behavior<InputLog> input_log(casty::journal journal);

}  // namespace ledger
