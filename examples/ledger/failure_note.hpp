/// @file
/// Why an actor has failed, for the thread that waits for it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "casty/actor.hpp"

namespace ledger {

/// The first failure in a system of actors.
///
/// @thread  Any.
class failure_note {
 public:
  /// For `system_options::log_to`: errors come here in place of stderr.
  [[nodiscard]] casty::log_hook log_hook() const;
  /// Empty when nothing has failed.
  [[nodiscard]] std::string text() const;
  /// @throws  std::runtime_error of it, when something has failed.
  void check() const;
  /// An ask has had no answer. Its end may be known before the failure is: waits for that.
  ///
  /// @throws  std::runtime_error of the failure, or of `otherwise`.
  [[noreturn]] void explain(casty::actor_system& system, const std::string& otherwise) const;

 private:
  struct shared_text {
    std::mutex guard;
    std::string text;
  };

  std::shared_ptr<shared_text> shared_ = std::make_shared<shared_text>();
};

}  // namespace ledger
