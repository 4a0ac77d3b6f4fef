/// @file
/// Where log lines go: spdlog, to stderr.
///
/// Layer: runtime, private.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "casty/runtime/log.hpp"

namespace spdlog {
class logger;
}

namespace casty::detail {

/// "key=value key=value", as lines show fields.
[[nodiscard]] std::string text_of(logger::fields all);

/// @thread  Any.
struct log_sink {
  log_sink(std::string_view system, log_level least, log_hook instead);

  [[nodiscard]] bool writes(log_level level) const noexcept { return level >= least_; }
  /// From here on what is below the level is passed on as well, though never written.
  void pass_all() noexcept { least_ = log_level::trace; }
  /// `path` is the actor's, or empty.
  void write(log_level level, std::string_view text, logger::fields all,
             std::string_view path = {}) const noexcept;
  /// An error line with the type and text of an exception.
  void write_exception(std::string_view text, const std::exception_ptr& failure,
                       std::string_view path = {}) const noexcept;

 private:
  std::string system_;
  log_level least_;    // passes
  log_level written_;  // is written
  log_hook instead_;
  std::shared_ptr<spdlog::logger> lines_;
};

}  // namespace casty::detail
