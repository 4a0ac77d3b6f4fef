/// @file
/// A journal in a PostgreSQL database. Only where casty was built with libpq.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <cstdint>
#include <string>

#include "casty/core/duration.hpp"
#include "casty/persistence/journal.hpp"

namespace casty {

struct postgres_options {
  /// Operations that go into one transaction, at most.
  std::uint32_t group_max = 1024;
  /// Refuses to open a journal that another process has opened so, and has it for itself: of one
  /// that has died at most 5 s ago everything is written or will never be. When its connection
  /// is lost it ends what the server still has of it, so that it does not lock itself out.
  bool exclusive = false;
  /// How long the server may keep silent, with a connection wanted or an answer due. Then what is
  /// under way is unavailable, and the connection is given up. `connect_timeout` in the string to
  /// connect with goes before it for the former, where libpq counts whole seconds, at least 2.
  duration patience = duration::seconds(30);
};

/// Opens the journal in the schema `casty` of a database of PostgreSQL 12 or later, or makes it.
/// One connection in pipeline mode: what entities persist while it commits goes into the next
/// commit together, in one exchange with the server. Several processes may share it; of two that
/// write to one entity the second gets a conflict. When the connection is lost, operations under
/// way are unavailable, and it is made anew, after a wait that grows from 0.1 to 10 s. Neither
/// an answer nor the end of the journal waits for a server that stands still.
///
/// @param conninfo  As libpq takes it: `host=/run/postgresql dbname=bank`, or a URI.
/// @throws  `casty::error` of unavailable when the server cannot be reached, or the journal there
///          is of a later casty; with its reason; of bad_argument without patience.
///          `std::system_error` when no thread is to be had.
[[nodiscard]] journal postgres_journal(const std::string& conninfo,
                                       const postgres_options& options = {});

}  // namespace casty
