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

// Each is answered when what it asks for is written.
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
/// The batch that was begun last.
struct EndBatch {
  casty::reply_to<bool> reply_to;
};

struct InputLog : casty::protocol<GetProgress, OpenInput, BeginBatch, EndBatch> {};

[[nodiscard]] casty::behavior<InputLog> input_log(casty::journal journal);

}  // namespace ledger
