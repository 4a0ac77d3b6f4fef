#include "ledger/journal/books.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/rand.h>

#include "ledger/bytes.hpp"
#include "ledger/input_digest.hpp"
#include "ledger/waiting.hpp"

namespace ledger {

namespace {

constexpr casty::duration look_up_after = casty::duration::seconds(1);

// 128 bits by chance: no two are the same.
std::string new_id() {
  std::array<unsigned char, 16> bytes = {};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("there is no chance to be had from OpenSSL");
  }
  return hex({bytes.data(), bytes.size()});
}

}  // namespace

books::books(const books_options& options)
    : while_waiting_(options.while_waiting),
      journal_(open_journal(options.journal, options.fresh)),
      system_({.name = "ledger",
               .workers = options.workers,
               .log = casty::log_level::error,
               .log_to = failure_.log_hook()}),
      bank_(system_, journal_,
            {.keeps_history = options.journal.lasts(),
             .failure = failure_,
             .while_waiting = options.while_waiting}),
      log_(system_.spawn(input_log(journal_), "input")) {
  (void)answer_of(system_.ask<OpenInput>(log_, new_id()));
  progress_ = answer_of(system_.ask<GetProgress>(log_));
  if (options.journal.lasts()) {
    start_table(options.table);
  }
}

void books::start_table(const std::string& path) {
  table_ = std::make_shared<account_table>(path);
  // One of another journal, or of a copy of this one that went on otherwise, is of no use.
  const account_table::place at = table_->reached();
  const std::string id = answer_of(system_.ask<GetBatchId>(log_, at.newest.batch));
  if (at.journal_id != progress_.journal_id || id.empty() || id != at.newest.id) {
    table_->begin_anew(progress_.journal_id);
  }
  reached_ = system_.spawn(milestone(), "milestone");
  system_.spawn(keep_table(journal_, table_, *reached_), "table",
                {.dispatcher = casty::dispatcher::blocking});
}

void books::begin_batch(const input_mark& mark) {
  if (mark.batch != progress_.begun.batch) {
    (void)answer_of(system_.ask<BeginBatch>(log_, mark));
    progress_.begun = mark;
  }
  bank_.begin_batch(mark.batch);
}

void books::end_batch() {
  bank_.commit();
  (void)answer_of(system_.ask<EndBatch>(log_, progress_.begun.batch, new_id()));
  progress_.done = progress_.begun;
}

void books::sum_up() {
  if (table_) {
    wait_for_table();
    account_table::content found = table_->read();
    if (found.at.journal_id != progress_.journal_id ||
        found.at.newest.batch != progress_.done.batch) {
      throw file_error("cannot use the table of accounts: another process has changed it");
    }
    counts_ = found.counts;
    balances_ = std::move(found.balances);
  } else {
    counts_ = bank_.counts();
    balances_ = bank_.balances();
  }
}

void books::wait_for_table() {
  while (true) {
    const casty::result<bool> reached =
        system_.ask<WhenReached>(*reached_, progress_.done.batch).within(look_up_after).wait();
    failure_.check();
    if (reached) {
      return;
    }
    while_waiting_();
  }
}

template <class Answer>
Answer books::answer_of(casty::future<Answer> asked) {
  return ledger::answer_of(system_, failure_, std::move(asked), while_waiting_);
}

}  // namespace ledger
