/// @file
/// What nodes write each other: a kind, 1 byte, and what it says.
///
/// Layer: cluster, private.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "casty/wire/bytes.hpp"

namespace casty::cluster {

/// Numbers are for ever. `run` is the incarnation of the node that is meant: another one there
/// takes no notice. Numbers of actors and of askers are those of the node that is meant.
enum class note : std::uint8_t {
  tell = 1,         ///< run, actor, fingerprint, the message
  answer = 2,       ///< run, asker, the answer
  no_answer = 3,    ///< run, asker, errc
  holds = 4,        ///< run, actor: the writer has a ref to it
  ended = 5,        ///< run, run of the writer, actor of the writer
  find = 6,         ///< asker of the writer, path, protocol, fingerprints of its messages
  found = 7,        ///< run, asker, actor of the writer
  not_found = 8,    ///< run, asker, errc
  layout = 9,       ///< fingerprint, name, description: before the first message of the type
  other_layout = 10 ///< run, fingerprint, description here: messages of the type are refused
};

[[nodiscard]] inline bool is_tell(byte_view bytes) noexcept {
  return !bytes.empty() && bytes[0] == std::byte{static_cast<std::uint8_t>(note::tell)};
}
inline void put_note(wire::byte_buffer& to, note kind) {
  to.append_number(static_cast<std::uint8_t>(kind));
}
inline void put_text(wire::byte_buffer& to, std::string_view text) {
  to.append_varint(text.size());
  to.append(text.data(), text.size());
}
[[nodiscard]] inline std::string read_text(wire::byte_reader& from) {
  std::string text(from.read_count(), '\0');
  from.read(text.data(), text.size());
  return text;
}

}  // namespace casty::cluster
