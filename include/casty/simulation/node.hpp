/// @file
/// A simulated node: its process, clock and disk.
///
/// Layer: simulation. May include everything but ddata.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "casty/cluster.hpp"
#include "casty/persistence/journal.hpp"

namespace casty::simulation {

enum class disk_state : std::uint8_t {
  good,
  slow,     ///< everything takes a hundred times as long
  failing,  ///< what is written fails; it may be there nevertheless
  full,     ///< what is written fails, and is not there
};

/// HOST:PORT of the node of that number, in all of its runs: "node2:1".
[[nodiscard]] std::string address_of(unsigned number);

namespace detail {
struct run_parts;
}  // namespace detail

/// A machine on which one process runs after the other.
///
/// @thread  That of the run.
class node {
 public:
  // Made by a run.
  node(detail::run_parts& in, unsigned number);
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node();

  /// From 0.
  [[nodiscard]] unsigned number() const noexcept;
  /// As `address_of`.
  [[nodiscard]] const std::string& address() const noexcept;
  /// How often its process has been started.
  [[nodiscard]] unsigned starts() const noexcept;
  [[nodiscard]] bool is_up() const noexcept;
  [[nodiscard]] bool is_paused() const noexcept;

  /// The actor system of the process that runs now, another one after each start.
  ///
  /// @throws  `casty::error` of unavailable when there is none.
  [[nodiscard]] clustered_actor_system& system() const;
  /// A journal on the disk of the machine: whoever opens that name again, in this process or a
  /// later one, has what was written. Each operation takes up to 2 ms, and they are done in their
  /// order; of what is under way at a kill the first part is written. (`testkit::faulty_disk`
  /// holds SQLite's own files.)
  [[nodiscard]] casty::journal journal(std::string_view name) const;
  /// From the seed, for what the program decides by chance.
  [[nodiscard]] std::uint64_t chance() const noexcept;

  /// Ends the process at once: nothing of it runs any more, no hook either, and peers find their
  /// connections closed where links let them, after what was on its way or in place of it. Futures
  /// of its system end. (Destructors of what actors held do run; and an actor of its own that kills
  /// it ends its turn, but nothing of that gets out.)
  void kill();
  /// Ends the process and its machine: nobody tells its peers.
  void cut_power();
  /// Ends the process in order, as the destructor of its system does: what its actors have sent
  /// goes out, for a second at most.
  void stop();
  /// Starts another process, which runs the program from its beginning.
  void start();
  /// Time passes, and the process does nothing until `resume`.
  void pause();
  void resume();
  /// What was written is gone. The process is to be down.
  void wipe_disk();
  void set_disk(disk_state to);
  /// The clock of the machine, in this process and later ones, goes faster by so many parts of a
  /// million; slower below 0.
  ///
  /// @throws  `casty::error` of bad_argument beyond `most_drift`, in either direction.
  void set_drift(std::int32_t millionths);
  /// Turns of actors take so many times as long, at least once, in later processes, too.
  ///
  /// @throws  `casty::error` of bad_argument for 0.
  void slow_down(std::uint32_t times);

  /// Messages of all processes that have ended here.
  [[nodiscard]] const actor_system::message_counts& ended_counts() const noexcept;

  // For the run.
  struct parts;
  void wake();
  [[nodiscard]] parts& inside() const noexcept { return *parts_; }

 private:
  std::unique_ptr<parts> parts_;
};

}  // namespace casty::simulation
