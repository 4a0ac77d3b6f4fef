/// @file
/// One actor for each account.
///
/// It takes its transactions in the order of the file, whole: while a transfer is under
/// way, later ones wait. As sender of a transfer it offers the money to the receiver and
/// waits for the answer; as receiver it waits for the offer. Each waits only for a line
/// before its own later ones, so two can never wait for each other in a ring.
#pragma once

#include <cstdint>

#include "casty/actor.hpp"

#include "ledger/tally.hpp"

namespace ledger {

struct Account;

// What the reader of the file tells.
struct Deposit {
  std::int64_t amount_cents;
};
struct Withdraw {
  std::int64_t amount_cents;
};
/// To the sender of a transfer.
struct Send {
  std::uint64_t id;
  std::int64_t amount_cents;
  casty::actor_ref<Account> receiver;
};
/// To its receiver.
struct Expect {
  std::uint64_t id;
};

// What the two accounts of a transfer tell each other.
struct Offer {
  std::uint64_t id;
  std::int64_t amount_cents;  // 0 when the transfer was not covered: no answer is wanted
  casty::actor_ref<Account> sender;
};
struct Answer {
  bool accepted;
};

struct Balance {
  std::int64_t cents = 0;
  bool in_use = false;  // a settled transaction named the account
};
struct GetBalance {
  casty::reply_to<Balance> reply_to;
};

struct Account : casty::protocol<Deposit, Withdraw, Send, Expect, Offer, Answer, GetBalance> {};

/// An account without money. Each transaction tells its outcome to `outcomes` once, when
/// the balances are what it makes them.
[[nodiscard]] casty::behavior<Account> account(casty::actor_ref<Outcomes> outcomes);

}  // namespace ledger
