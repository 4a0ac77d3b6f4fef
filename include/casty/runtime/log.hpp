/// @file
/// Leveled logging: a text and typed fields. Formatted in the library, by spdlog.
///
/// Layer: runtime.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>

#include "casty/core/log_level.hpp"
#include "casty/core/shared_function.hpp"

namespace casty {

/// The value of a field: text, a number, or a truth.
class log_value {
 public:
  template <class Text>
    requires std::is_convertible_v<const Text&, std::string_view>
  log_value(const Text& text) noexcept : kind_(kind::text), text_(text) {}
  template <class Number>
    requires std::is_integral_v<Number> && std::is_signed_v<Number>
  log_value(Number number) noexcept : kind_(kind::integer), integer_(number) {}
  template <class Number>
    requires std::is_integral_v<Number> && std::is_unsigned_v<Number> &&
             (!std::is_same_v<Number, bool>)
  log_value(Number number) noexcept : kind_(kind::natural), natural_(number) {}
  log_value(bool truth) noexcept : kind_(kind::truth), natural_(truth ? 1 : 0) {}
  log_value(double number) noexcept : kind_(kind::real), real_(number) {}

  enum class kind : std::uint8_t { text, integer, natural, truth, real };
  [[nodiscard]] kind type() const noexcept { return kind_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] std::uint64_t natural() const noexcept { return natural_; }
  [[nodiscard]] double real() const noexcept { return real_; }

 private:
  kind kind_;
  union {
    std::string_view text_;
    std::int64_t integer_;
    std::uint64_t natural_;
    double real_;
  };
};

struct log_field {
  std::string_view key;
  log_value value;
};

/// What a line of the log is made of. Valid during the call that hands it over.
struct log_line {
  log_level level;
  std::string_view system;  ///< the name of the actor system
  std::string_view actor;   ///< the path of the actor that wrote it, or empty
  std::string_view text;
  std::initializer_list<log_field> fields;
};

/// Where lines go in place of stderr:
///
/// (const log_line&) -> anything
///
/// What it throws is dropped.
/// @thread  Called by any thread, by several at once.
class log_hook {
 public:
  log_hook() noexcept = default;
  template <class Function>
    requires(!std::is_same_v<Function, log_hook> &&
             std::is_invocable_v<const Function&, const log_line&>)
  log_hook(Function function)
      : call_([function = std::move(function)](const log_line& line) { (void)function(line); }) {}

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(call_); }
  void operator()(const log_line& line) const { call_(line); }

 private:
  detail::shared_function<void(const log_line&)> call_;
};

namespace detail {

struct cell;
struct engine;

}  // namespace detail

/// Writes lines to the log of an actor system, on stderr unless its options say else, each
/// with the name of the system and the path of the actor. What is below the level costs one
/// comparison.
///
/// @thread  Any; that of an actor within the actor.
class logger {
 public:
  using fields = std::initializer_list<log_field>;

  explicit logger(detail::engine* system, detail::cell* actor = nullptr) noexcept
      : system_(system), actor_(actor) {}

  void trace(std::string_view text, fields all = {}) const { write(log_level::trace, text, all); }
  void debug(std::string_view text, fields all = {}) const { write(log_level::debug, text, all); }
  void info(std::string_view text, fields all = {}) const { write(log_level::info, text, all); }
  void warning(std::string_view text, fields all = {}) const {
    write(log_level::warning, text, all);
  }
  void error(std::string_view text, fields all = {}) const { write(log_level::error, text, all); }

  void write(log_level level, std::string_view text, fields all) const;

 private:
  detail::engine* system_;
  detail::cell* actor_;
};

}  // namespace casty
