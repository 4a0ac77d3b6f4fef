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

/// @thread  Any.
struct log_sink {
  log_sink(std::string_view system, log_level least, log_hook instead);

  [[nodiscard]] bool writes(log_level level) const noexcept { return level >= least_; }
  /// `path` is the actor's, or empty.
  void write(log_level level, std::string_view text, logger::fields all,
             std::string_view path = {}) const noexcept;
  /// An error line with the type and text of an exception.
  void write_exception(std::string_view text, const std::exception_ptr& failure,
                       std::string_view path = {}) const noexcept;

 private:
  std::string system_;
  log_level least_;
  log_hook instead_;
  std::shared_ptr<spdlog::logger> lines_;
};

}  // namespace casty::detail
