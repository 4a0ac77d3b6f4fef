/// @file
/// Which entry of `[actors]` is meant by a name, and what it leaves to the defaults.
///
/// Layer: config, private.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "casty/config/settings.hpp"

namespace casty::detail {

// Meant letter by letter, and not as an expression.
[[nodiscard]] bool is_exact(std::string_view name) noexcept;
/// @throws  std::regex_error
[[nodiscard]] std::shared_ptr<const void> make_pattern(const std::string& name);
// What `own` leaves open is as `below` says.
[[nodiscard]] actor_settings inherit(actor_settings own, const actor_settings& below);

}  // namespace casty::detail
