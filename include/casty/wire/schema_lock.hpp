/// @file
/// The layouts of all that a program writes, as a text to be checked in: a change of one is seen
/// in review.
///
/// Layer: wire. May include core, meta. Includes cereal.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "casty/core/protocol.hpp"
#include "casty/wire/codec.hpp"

namespace casty::wire {

namespace detail {

template <class Type>
void lock_line(std::vector<std::string>& lines) {
  char fingerprint[17];
  std::snprintf(fingerprint, sizeof(fingerprint), "%016llx",
                static_cast<unsigned long long>(fingerprint_of<Type>));
  lines.push_back(std::string(label_of<Type>.name) + ' ' + fingerprint + ' ' +
                  std::string(description_of<Type>) + '\n');
}

template <class... Types>
void lock_lines(std::vector<std::string>& lines, meta::type_list<Types...>) {
  (lock_line<Types>(lines), ...);
}

}  // namespace detail

/// A line for each message of `Protocols`, in the order of their names: the name, the fingerprint
/// and the description of its layout.
template <class... Protocols>
[[nodiscard]] std::string schema_lock() {
  std::vector<std::string> lines;
  (detail::lock_lines(lines, messages_of<Protocols>{}), ...);
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  std::string text;
  for (const std::string& each : lines) {
    text += each;
  }
  return text;
}

}  // namespace casty::wire
