/// @file
/// Names of living actors and the texts of their paths.
///
/// Layer: runtime, private.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "casty/core/address.hpp"

namespace casty::detail {

/// The text of a path, with one claim on it.
[[nodiscard]] path_text* make_path(std::string_view parent, std::string_view name);

/// Where actors without a parent live, with one claim on it.
[[nodiscard]] path_text* user_path() noexcept;
/// The path of an actor without a name, with one claim on it. Takes over the claim on `above`.
/// The text is written when somebody looks at it.
[[nodiscard]] path_text* make_numbered_path(path_text* above, std::uint64_t number);

/// @throws  `casty::error` of bad_name; the empty name is none and passes.
void check_name(std::string_view name);
/// Letters, digits, '-', '_' and '.'; 1 to 127 of them.
[[nodiscard]] bool is_system_name(std::string_view name) noexcept;

/// Who bears which name under which parent. Used by actors that have a name, at their
/// spawn and stop, and by whoever asks for a path: never to send.
/// @thread  Any.
class name_table {
 public:
  name_table() = default;
  name_table(const name_table&) = delete;
  name_table& operator=(const name_table&) = delete;
  ~name_table();

  /// Gives the name to actor `number`, and returns its path with one claim on it.
  /// @throws  `casty::error` of name_taken.
  [[nodiscard]] path_text* take(std::uint64_t parent, std::string_view parent_path,
                                std::string_view name, std::uint64_t number);
  void free(std::uint64_t parent, std::uint64_t number) noexcept;
  /// With one claim on it; null for an actor without a name.
  [[nodiscard]] path_text* find(std::uint64_t number) noexcept;

 private:
  std::mutex guard_;
  std::map<std::pair<std::uint64_t, std::string>, std::uint64_t, std::less<>> bearers_;
  std::unordered_map<std::uint64_t, path_text*> paths_;
};

}  // namespace casty::detail
