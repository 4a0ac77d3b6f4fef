/// @file
/// What a journal of the ledger holds, and under whose names.
///
/// The input is an entity, and so is each account. An account's events are its own
/// decisions, and what it received; those of a batch are there together or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "casty/core/protocol.hpp"

namespace ledger {

/// A place in the input, after a line.
struct input_mark {
  std::uint64_t batch = 0;  ///< the batch of lines that ends there; 0: none, at the front
  std::uint64_t line = 0;
  std::uint64_t bytes = 0;  ///< before the place
  std::string sha256 = {};  ///< of these bytes, in hex
  bool ends_line = true;    ///< false behind a last line that lacks its end

  friend bool operator==(const input_mark&, const input_mark&) = default;
};

namespace events {

/// What an account was in a transaction.
enum class role : std::uint8_t { depositor, withdrawer, sender, receiver };

struct Settled {
  std::uint64_t batch = 0;
  std::uint64_t id = 0;
  role as = role::depositor;
  std::int64_t cents = 0;
  std::string other = {};  ///< the other account of a transfer
};
/// What it adds to the account's balance, or takes from it.
[[nodiscard]] constexpr std::int64_t gain_of(role as, std::int64_t cents) noexcept {
  return as == role::depositor || as == role::receiver ? cents : -cents;
}
/// Moves nothing: it was not covered, or a balance would have overflowed.
struct Refused {
  std::uint64_t batch = 0;
  std::uint64_t id = 0;
  role as = role::depositor;
  std::int64_t cents = 0;
  std::string other = {};
};

/// The journal has begun, and is to be told from others.
struct Opened {
  std::string journal_id = {};
};
/// The lines up to the mark are read, and will be settled as they are.
struct BatchBegun {
  input_mark mark = {};
};
/// All accounts have their events of it.
struct BatchDone {
  std::uint64_t batch = 0;
  std::string id = {};  ///< by chance: of two copies of a journal that went on, each has its own
};

}  // namespace events

struct AccountEvents : casty::protocol<events::Settled, events::Refused> {};
struct InputEvents : casty::protocol<events::Opened, events::BatchBegun, events::BatchDone> {};

inline constexpr std::string_view input_entity = "input";
inline constexpr std::string_view account_prefix = "account/";

[[nodiscard]] inline std::string account_entity(std::string_view account) {
  return std::string(account_prefix).append(account);
}
/// The account whose entity it is.
[[nodiscard]] inline std::string_view account_in(std::string_view entity) {
  return entity.substr(account_prefix.size());
}

}  // namespace ledger
