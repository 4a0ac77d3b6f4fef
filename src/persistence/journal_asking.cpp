#include "casty/persistence/journal_asking.hpp"

#include <string>

namespace casty::detail {

void throw_journal_failure(const journal_use& of, errc code, std::string_view detail) {
  throw error(code, std::string(of.doing) + " of '" + std::string(of.entity) + "' after " +
                        std::to_string(of.after) + ": " + std::string(detail));
}

void throw_unreadable(std::string_view entity, std::uint64_t sequence, std::string_view type,
                      const error& why) {
  throw error(why.code(), "'" + std::string(entity) + "', " + std::to_string(sequence) + ", " +
                              std::string(type) + ": " + why.what());
}

void throw_unknown_event(std::string_view entity, std::uint64_t sequence, std::string_view type) {
  throw error(errc::unknown_type, "'" + std::string(entity) + "', " + std::to_string(sequence) +
                                      ": " + std::string(type) +
                                      " is no event of this actor, nor was it ever called so");
}

void throw_gap(std::string_view entity, std::uint64_t wanted, std::uint64_t found) {
  throw error(errc::corrupt, "'" + std::string(entity) + "': event " + std::to_string(wanted) +
                                 " is not there, " + std::to_string(found) + " is the next");
}

void log_snapshot_failure(const logger& log, const journal_use& of, std::string_view detail) {
  log.warning("a snapshot could not be saved",
              {{"entity", of.entity}, {"sequence", of.after}, {"reason", detail}});
}

}  // namespace casty::detail
