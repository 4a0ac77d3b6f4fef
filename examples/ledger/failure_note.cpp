#include "ledger/failure_note.hpp"

#include <stdexcept>

namespace ledger {

casty::log_hook failure_note::log_hook() const {
  return [shared = shared_](const casty::log_line& line) {
    const std::lock_guard lock(shared->guard);
    if (line.level < casty::log_level::error || !shared->text.empty()) {
      return;
    }
    shared->text = line.text;
    for (const casty::log_field& each : line.fields) {
      if (each.key == "what") {
        shared->text = each.value.text();
      }
    }
  };
}

std::string failure_note::text() const {
  const std::lock_guard lock(shared_->guard);
  return shared_->text;
}

void failure_note::check() const {
  if (const std::string failure = text(); !failure.empty()) {
    throw std::runtime_error(failure);
  }
}

void failure_note::explain(casty::actor_system& system, const std::string& otherwise) const {
  (void)system.drain();
  check();
  throw std::runtime_error(otherwise);
}

}  // namespace ledger
