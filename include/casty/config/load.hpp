/// @file
/// From `casty.toml` to settings, and back.
///
/// Layer: config. Opt-in: not part of `casty/actor.hpp`.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "casty/config/settings.hpp"

namespace casty {

/// What is wrong with a configuration, and where: `casty.toml:3:5: …`. Of several mistakes,
/// the first in the file.
class config_error : public std::exception {
 public:
  /// `line` 0: the file as a whole.
  config_error(std::string_view file, std::uint32_t line, std::uint32_t column,
               std::string_view problem);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  /// From 1.
  [[nodiscard]] std::uint32_t line() const noexcept { return line_; }
  /// From 1, in code points.
  [[nodiscard]] std::uint32_t column() const noexcept { return column_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string file_;
  std::uint32_t line_;
  std::uint32_t column_;
  std::string text_;
};

/// The largest file that is read, in bytes.
inline constexpr std::size_t config_bytes_max = 1024 * 1024;

/// Reads the first `casty.toml` in the working directory and those above it; the defaults
/// where there is none.
/// @throws  `config_error`
[[nodiscard]] configuration load_config();

/// Reads the file at `path`.
/// @throws  `config_error`, also when it cannot be read or is larger than 1 MiB.
[[nodiscard]] configuration load_config(std::string_view path);

/// Reads `text`, which errors say to come from `file`.
/// @throws  `config_error`
[[nodiscard]] configuration parse_config(std::string_view text,
                                         std::string_view file = "casty.toml");

/// The configuration as a file that reads back to the same: to see what is in effect.
[[nodiscard]] std::string to_toml(const configuration& from);

}  // namespace casty
