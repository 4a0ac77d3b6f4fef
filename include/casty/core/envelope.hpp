/// @file
/// A message under way: a pooled block with a header, and what its type can do.
///
/// Layer: core. The functions declared here are the whole of what the templates of core
/// need from the runtime; they are defined there.
#pragma once

#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "casty/core/block.hpp"
#include "casty/core/error.hpp"
#include "casty/meta/type_name.hpp"

namespace casty::detail {

struct cell;
struct port;

// What any thread may read of a cell, and sends do: it begins with this.
struct cell_head {
  port* owner;
  std::uint32_t generation;
  std::uint32_t room;  // the number of a bounded mailbox's word, or 0: see room.cpp
};

// An actor of one incarnation, and the table that translates positions in the protocol
// of a narrowed ref into those of the protocol that the actor was spawned with.
struct target {
  cell* actor = nullptr;
  std::uint32_t generation = 0;
  std::uint32_t table = 0;  // 0: the protocols agree, nothing to translate; and `may_refuse`

  friend bool operator==(const target& left, const target& right) noexcept {
    return left.actor == right.actor && left.generation == right.generation;
  }
};

enum class envelope_kind : std::uint8_t {
  message,        // of the actor's protocol, `tag` is its position there
  counted,        // the same, in a bounded mailbox
  watched_end,    // the same, but void once its watcher has unwatched
  answer,         // head of an ask: its answer, or why there is none
  control,        // for the runtime itself
};

struct message_operations {
  void (*destroy)(void*) noexcept;  // null when trivial
  std::uint32_t offset;             // of the message in its block
  std::uint32_t bytes;              // of the block
  std::uint32_t chain;              // that the block goes back to
  std::string_view name;
};

struct envelope {
  envelope* next;
  cell* actor;
  std::uint32_t generation;
  std::uint16_t tag;
  envelope_kind kind;
  std::uint8_t flags;
  const message_operations* operations;

  static constexpr std::uint8_t from_outside = 1;  // sent by a thread that runs no actors
  static constexpr std::uint8_t has_room = 2;      // its sender has reserved room for it
};

template <class Message>
inline constexpr std::uint32_t message_offset =
    (sizeof(envelope) + alignof(Message) - 1) / alignof(Message) * alignof(Message);

template <class Message>
inline constexpr std::uint32_t message_bytes =
    (message_offset<Message> + static_cast<std::uint32_t>(sizeof(Message)) + block_unit - 1) /
    block_unit * block_unit;

template <class Message>
void destroy_message(void* at) noexcept {
  static_cast<Message*>(at)->~Message();
}

template <class Message>
inline constexpr message_operations operations_of{
    std::is_trivially_destructible_v<Message> ? nullptr : &destroy_message<Message>,
    message_offset<Message>, message_bytes<Message>, chain_of(message_bytes<Message>),
    meta::type_name<Message>};

template <class Message>
[[nodiscard, gnu::always_inline]] inline Message& message_in(envelope* sealed) noexcept {
  return *__builtin_launder(reinterpret_cast<Message*>(reinterpret_cast<unsigned char*>(sealed) +
                                                  message_offset<Message>));
}

[[nodiscard]] inline void* message_address(envelope* sealed) noexcept {
  return reinterpret_cast<unsigned char*>(sealed) + sealed->operations->offset;
}

// An envelope in which no message stands yet.
template <class Message>
[[nodiscard, gnu::always_inline]] inline envelope* open_envelope(const target& to,
                                                                 std::uint16_t tag) {
  static_assert(alignof(Message) <= block_unit,
                "casty::actor_ref: a message is aligned to more than 64 bytes; keep the "
                "over-aligned part behind a pointer");
  return ::new (allocate_block(message_bytes<Message>))
      envelope{nullptr, to.actor, to.generation, tag, envelope_kind::message, 0,
               &operations_of<Message>};
}

template <class Message>
[[nodiscard, gnu::always_inline]] inline void* room_in(envelope* open) noexcept {
  return reinterpret_cast<unsigned char*>(open) + message_offset<Message>;
}

// Builds a message where it will be read: `make` constructs it at the address given.
template <class Message, class Make>
[[nodiscard]] envelope* seal_with(const target& to, std::uint16_t tag, Make&& make) {
  envelope* open = open_envelope<Message>(to, tag);
  block_guard guard(open, message_bytes<Message>);
  make(room_in<Message>(open));
  guard.block = nullptr;
  return open;
}

// Hands an envelope to its actor, from any thread. Whatever cannot be delivered
// becomes a dead letter.
void post(envelope* sealed) noexcept;
// The same for what is known to be of kind `message`. Its target is told once more: read
// back from the envelope, it would be late by the time that a store takes to be read.
void post_message(cell* actor, std::uint32_t generation, envelope* sealed) noexcept;
inline void post_message(const target& to, envelope* sealed) noexcept {
  post_message(to.actor, to.generation, sealed);
}

// The position of a message, translated by the table of a narrowed ref.
[[nodiscard]] std::uint16_t translate(std::uint32_t table, unsigned position) noexcept;

// The number of the table that leads through `step` and then through the table `after`.
// Equal arguments give equal numbers; tables live as long as the program.
[[nodiscard]] std::uint32_t intern_table(std::uint32_t after, const std::uint16_t* step,
                                         unsigned size);

}  // namespace casty::detail
