/// @file
/// One actor for each account, and an entity of the journal.
///
/// It takes its transactions in the order of the file, whole: while a transfer is under
/// way, later ones wait. As sender of a transfer it offers the money to the receiver and
/// waits for the answer; as receiver it waits for the offer. Each waits only for a line
/// before its own later ones, so two can never wait for each other in a ring.
///
/// What it decides in a batch of lines it writes to the journal at the end of the batch, in
/// one piece: so a busy account waits for the disk once a batch. After a crash the batch
/// runs again. Accounts that have written their part of it repeat what they decided, the
/// others decide again, which comes out as before: nothing else has changed.
#pragma once

#include <cstdint>
#include <string>

#include "casty/actor.hpp"
#include "casty/persistence/journal.hpp"

#include "ledger/tally.hpp"

namespace ledger {

struct Account;

// What the reader of the file tells.
struct Deposit {
  std::uint64_t batch;
  std::uint64_t id;
  std::int64_t amount_cents;
};
struct Withdraw {
  std::uint64_t batch;
  std::uint64_t id;
  std::int64_t amount_cents;
};
/// To the sender of a transfer.
struct Send {
  std::uint64_t batch;
  std::uint64_t id;
  std::int64_t amount_cents;
  std::string receiver_name;
  casty::actor_ref<Account> receiver;
};
/// To its receiver.
struct Expect {
  std::uint64_t batch;
  std::uint64_t id;
  std::string sender_name;
};

// What the two accounts of a transfer tell each other.
struct Offer {
  std::uint64_t batch;
  std::uint64_t id;
  std::int64_t amount_cents;  // 0 when the transfer was not covered
  bool wants_answer;
  casty::actor_ref<Account> sender;
};
struct Answer {
  bool accepted;
};

/// All transactions of the batch have an outcome: now it is to be written.
struct Commit {
  std::uint64_t batch;
  casty::reply_to<bool> reply_to;  // true, and only when it is
};

struct Balance {
  std::int64_t cents = 0;
  bool in_use = false;  // a settled transaction named the account
};
struct GetBalance {
  casty::reply_to<Balance> reply_to;
};

struct Account
    : casty::protocol<Deposit, Withdraw, Send, Expect, Offer, Answer, Commit, GetBalance> {};

struct account_parts {
  std::string name;
  casty::journal journal;
  casty::actor_ref<Outcomes> outcomes;
  /// False: the journal holds what the balance needs and no more.
  bool keeps_history = true;
};

/// Each transaction tells its outcome to `outcomes` once, when the balances are what it
/// makes them.
[[nodiscard]] casty::behavior<Account> account(account_parts parts);

}  // namespace ledger
