#include "ledger/account.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;

using account_context = casty::actor_context<Account>;
using Waiting = std::variant<Deposit, Withdraw, Send, Expect>;

// What came too early. Most accounts have none: it is there only while it is needed.
struct Early {
  std::deque<Waiting> transactions = {};  // in the order of the file
  std::vector<Offer> offers = {};         // a heap, the earliest line on top
};

struct Book {
  casty::actor_ref<Outcomes> outcomes;
  std::int64_t balance_cents = 0;
  std::uint64_t expected_id = 0;   // of the transfer whose offer is awaited, or 0
  std::int64_t offered_cents = 0;  // to a receiver who has not answered, or 0
  std::unique_ptr<Early> early = {};
  bool in_use = false;

  [[nodiscard]] bool is_busy() const { return expected_id != 0 || offered_cents != 0; }

  Early& early_ones() {
    if (!early) {
      early = std::make_unique<Early>();
    }
    return *early;
  }
};

bool is_later(const Offer& left, const Offer& right) { return left.id > right.id; }

void keep_offer(Book& book, const Offer& offer) {
  std::vector<Offer>& offers = book.early_ones().offers;
  offers.push_back(offer);
  std::ranges::push_heap(offers, is_later);
}

// Offers are taken in the order of the file, so the wanted one is the earliest or not here.
bool has_offer(const Book& book, std::uint64_t id) {
  return book.early && !book.early->offers.empty() && book.early->offers.front().id == id;
}

Offer take_offer(Book& book) {
  std::vector<Offer>& offers = book.early->offers;
  std::ranges::pop_heap(offers, is_later);
  const Offer offer = offers.back();
  offers.pop_back();
  return offer;
}

// False, and nothing done, when the balance would overflow.
bool add_to_balance(Book& book, std::int64_t amount_cents) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(book.balance_cents, amount_cents, &sum)) {
    return false;
  }
  book.balance_cents = sum;
  book.in_use = true;
  return true;
}

void tell_outcome(const Book& book, bool settled) {
  if (settled) {
    book.outcomes.tell(Settled{});
  } else {
    book.outcomes.tell(Refused{});
  }
}

void answer_offer(Book& book, const Offer& offer) {
  if (offer.amount_cents != 0) {
    offer.sender.tell(Answer{add_to_balance(book, offer.amount_cents)});
  }
}

void begin(account_context& /*ctx*/, Book& book, const Deposit& next) {
  tell_outcome(book, add_to_balance(book, next.amount_cents));
}

void begin(account_context& /*ctx*/, Book& book, const Withdraw& next) {
  const bool covered = next.amount_cents <= book.balance_cents;
  if (covered) {
    book.balance_cents -= next.amount_cents;
  }
  tell_outcome(book, covered);
}

void begin(account_context& ctx, Book& book, const Send& next) {
  if (next.amount_cents <= book.balance_cents) {
    book.offered_cents = next.amount_cents;
    next.receiver.tell(Offer{next.id, next.amount_cents, ctx.self()});
  } else {
    next.receiver.tell(Offer{next.id, 0, ctx.self()});
    tell_outcome(book, false);
  }
}

void begin(account_context& /*ctx*/, Book& book, const Expect& next) {
  if (has_offer(book, next.id)) {
    answer_offer(book, take_offer(book));
  } else {
    book.expected_id = next.id;
  }
}

// The transfer under way is over: on with what waits, up to the next one that must wait.
void go_on(account_context& ctx, Book& book) {
  while (book.early && !book.early->transactions.empty() && !book.is_busy()) {
    const Waiting next = book.early->transactions.front();
    book.early->transactions.pop_front();
    std::visit([&](const auto& transaction) { begin(ctx, book, transaction); }, next);
  }
  if (book.early && book.early->transactions.empty() && book.early->offers.empty()) {
    book.early.reset();
  }
}

template <class Transaction>
casty::outcome take(account_context& ctx, Book& book, const Transaction& next) {
  if (book.is_busy()) {
    book.early_ones().transactions.emplace_back(next);
  } else {
    begin(ctx, book, next);
  }
  return behaviors::same;
}

casty::outcome hear_offer(account_context& ctx, Book& book, const Offer& offer) {
  if (offer.id == book.expected_id) {
    book.expected_id = 0;
    answer_offer(book, offer);
    go_on(ctx, book);
  } else {
    keep_offer(book, offer);
  }
  return behaviors::same;
}

casty::outcome hear_answer(account_context& ctx, Book& book, const Answer& answer) {
  const std::int64_t offered_cents = std::exchange(book.offered_cents, 0);
  if (answer.accepted) {
    book.balance_cents -= offered_cents;
    book.in_use = true;
  }
  tell_outcome(book, answer.accepted);
  go_on(ctx, book);
  return behaviors::same;
}

casty::outcome tell_balance(const Book& book, const GetBalance& asked) {
  asked.reply_to.tell(Balance{book.balance_cents, book.in_use});
  return behaviors::same;
}

}  // namespace

casty::behavior<Account> account(casty::actor_ref<Outcomes> outcomes) {
  return behaviors::with_state<Account>(Book{outcomes}, &take<Deposit>, &take<Withdraw>,
                                        &take<Send>, &take<Expect>, &hear_offer, &hear_answer,
                                        &tell_balance);
}

}  // namespace ledger
