/// @file
/// What can go wrong, as a code, and as the exception that carries it.
///
/// Layer: core.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

namespace casty {

/// Why an operation of casty failed.
enum class errc : std::uint8_t {
  timeout = 1,        ///< no answer in time; it may still have been acted upon
  no_reply,           ///< the request was dropped unanswered, or its handler failed
  dead_target,        ///< the actor asked is stopped, or never was
  would_block,        ///< a blocking wait on a thread that runs actors
  already_taken,      ///< the answer of a future was taken before
  name_taken,         ///< a living actor bears the name
  bad_name,           ///< a name that is too long or holds a forbidden character
  not_copyable,       ///< a copy of a behavior whose captures cannot be copied
  bad_behavior,       ///< an outcome where a behavior is needed, as in `setup`
  not_restartable,    ///< `behaviors::restart` without a strategy or a setup around
  mailbox_full,       ///< a mailbox has no room; of an ask: the request was dropped
  system_terminated,  ///< the actor system is shut down
  bad_argument,       ///< an option outside of its range
  corrupt,            ///< bytes that are not what they should be
  schema_mismatch,    ///< bytes of a type whose layout was another
  unknown_type,       ///< bytes of a type that is not known here
  persist_failed,     ///< the events of a command could not be made durable
  conflict,           ///< somebody else has written to the same entity
  full,               ///< no room where it was to be stored
  unavailable,        ///< a store that cannot be reached, or is locked
};

/// The name of `code`, as it is spelt above.
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// A failed operation. Copies never throw; `what()` is "casty: CODE: DETAIL".
class error : public std::exception {
 public:
  explicit error(errc code, std::string_view detail = {}) noexcept;

  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return text_; }

 private:
  errc code_;
  char text_[495];
};

namespace detail {

// Out of line, so that no caller carries the code of a throw.
[[noreturn]] void throw_error(errc code);

}  // namespace detail

}  // namespace casty
