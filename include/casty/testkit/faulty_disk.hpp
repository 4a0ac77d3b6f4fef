/// @file
/// A disk in memory for journals in SQLite, which gets full, fails to sync, or loses its power
/// when it is told to.
///
/// Layer: testkit. May include everything but cluster and ddata.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "casty/persistence/journal.hpp"

namespace casty::testkit {

/// What is written lies in a cache until it is synced. Without power the cache is lost: of what
/// was not synced some writes are there, others are not, the last perhaps in part.
///
/// @thread  Any; outlives the journals that lie on it.
class faulty_disk {
 public:
  /// @param seed  Decides what is left when the power goes.
  explicit faulty_disk(std::uint64_t seed);
  faulty_disk(const faulty_disk&) = delete;
  faulty_disk& operator=(const faulty_disk&) = delete;
  ~faulty_disk();

  /// Opens the journal that lies there.
  /// @throws  As `sqlite_journal`.
  [[nodiscard]] journal open();

  /// From the `count`th write from now on there is no room.
  void fill_up_at(std::uint64_t count);
  /// The `count`th sync from now fails, and what it was to keep is lost from the cache, as some
  /// kernels do. Later ones say that all is well.
  void fail_sync_at(std::uint64_t count);
  /// From the `count`th write or sync from now on everything fails.
  void lose_power_at(std::uint64_t count);
  /// There is room, and power: what was in the cache is gone. No journal is open then.
  void repair();

  /// The journal's file as it is kept, and another in its place, damaged at will. No journal is
  /// open then.
  [[nodiscard]] std::string image() const;
  void restore(std::string image);

  /// How many there have been.
  [[nodiscard]] std::uint64_t writes() const noexcept;
  [[nodiscard]] std::uint64_t syncs() const noexcept;

  struct content;

 private:
  std::unique_ptr<content> content_;
};

}  // namespace casty::testkit
