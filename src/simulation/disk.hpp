/// @file
/// The disk of a node, as its journals know it: what is written takes time, may fail, and survives
/// the node in part.
///
/// Layer: simulation, private.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "casty/persistence/journal.hpp"
#include "casty/simulation/node.hpp"
#include "simulation/world.hpp"

namespace casty::simulation {

/// @thread  The world's.
class disk {
 public:
  explicit disk(world& in) noexcept : in_(in) {}
  disk(const disk&) = delete;
  disk& operator=(const disk&) = delete;

  /// The journal of that name, for as long as the process lives.
  [[nodiscard]] journal open(std::string_view name, process_number in);
  void set(disk_state to) noexcept { state_ = to; }
  [[nodiscard]] disk_state state() const noexcept { return state_; }
  /// The process is gone: of what was under way the first part is written, and nobody is told.
  void end_process();
  void wipe() { kept_.clear(); }

 private:
  friend class disk_journal;

  struct operation {
    // What it does to what is kept; answers, unless nobody is there.
    std::function<void(bool is_told)> happens;
    std::function<void(const journal_verdict& why)> fails;
    bool writes;
  };

  void begin(operation asked, process_number in);
  void finish_first(process_number in);
  [[nodiscard]] duration takes();

  world& in_;
  disk_state state_ = disk_state::good;
  std::map<std::string, journal, std::less<>> kept_;
  std::deque<operation> under_way_;
  std::uint64_t process_ = 0;  // of the one that is there
};

}  // namespace casty::simulation
