/// @file
/// The declared name of a type, without RTTI.
///
/// Layer: meta.
#pragma once

#include <string_view>

namespace casty::meta {

namespace detail {

template <class Type>
constexpr std::string_view pretty() noexcept {
#if defined(__clang__)
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Type = ") + 7);
  return text.substr(0, text.rfind(']'));
#else
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Type = ") + 7);
  return text.substr(0, text.find("; std::string_view"));
#endif
}

// Keeps what follows the last "::" that stands outside of template arguments.
constexpr std::string_view unqualified(std::string_view name) noexcept {
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '<' || name[at] == '(') ++depth;
    if (name[at] == '>' || name[at] == ')') --depth;
    if (depth == 0 && name[at] == ':') start = at + 1;
  }
  return name.substr(start);
}

}  // namespace detail

/// The name of `Type` as its author declared it, without namespaces: "Deposit".
/// For people (logs, dead letters); the wire has names of its own.
template <class Type>
inline constexpr std::string_view type_name = detail::unqualified(detail::pretty<Type>());

}  // namespace casty::meta
