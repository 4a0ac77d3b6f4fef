/// @file
/// A journal in one SQLite file.
///
/// Layer: persistence. May include runtime, config, wire, core, meta.
#pragma once

#include <cstdint>
#include <string>

#include "casty/persistence/journal.hpp"

namespace casty {

struct sqlite_options {
  /// Waits for the disk at each commit (`synchronous=FULL`). Without, a crash of the machine, not
  /// of the process, may lose the last commits, and events that were answered with them.
  bool waits_for_disk = true;
  /// Operations that go into one transaction, at most.
  std::uint32_t group_max = 1024;
};

/// Opens the journal at `path`, or makes it. One thread writes it, in write-ahead mode; what
/// entities persist while it commits goes into the next commit together. The file belongs to
/// this process as long as somebody holds the journal.
///
/// @throws  `casty::error`: unavailable for a file that another process has open, that cannot be
///          read or written; corrupt for one that is damaged, or no journal of casty; each with
///          the path. `std::system_error` when no thread is to be had.
[[nodiscard]] journal sqlite_journal(const std::string& path, const sqlite_options& options = {});

}  // namespace casty
