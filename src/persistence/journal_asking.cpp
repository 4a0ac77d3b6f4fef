#include "casty/persistence/journal_asking.hpp"

#include <string>

namespace casty::detail {

void throw_journal_failure(const journal_use& of, errc code, std::string_view detail) {
  const std::string whose = of.entity.empty() ? "" : " of '" + std::string(of.entity) + "'";
  throw error(code, std::string(of.doing) + whose + " after " + std::to_string(of.after) + ": " +
                        std::string(detail));
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

void throw_gone(std::string_view entity, std::uint64_t known, std::uint64_t last) {
  const std::string start = known == 0 ? std::string("there is no snapshot")
                                       : "the newest snapshot is that of " + std::to_string(known);
  throw error(errc::corrupt, "'" + std::string(entity) + "': the newest event was " +
                                 std::to_string(last) + ", but events after " +
                                 std::to_string(known) + " are gone, and " + start);
}

void throw_other_type(const stored_type& stored, const wire::type_label& here) {
  throw error(errc::schema_mismatch, "it holds a " + std::string(stored.label().name) +
                                         " in place of a " + std::string(here.name));
}

void refuse_snapshots(std::string_view entity, std::uint64_t events) {
  if (events != 0) {
    throw error(errc::bad_argument, "'" + std::string(entity) +
                                        "': snapshots of a state that cannot be serialized");
  }
}

void log_snapshot_failure(const logger& log, const journal_use& of, std::string_view detail) {
  log.warning("a snapshot could not be saved",
              {{"entity", of.entity}, {"sequence", of.after}, {"reason", detail}});
}

}  // namespace casty::detail
