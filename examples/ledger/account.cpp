#include "ledger/account.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "casty/persistence.hpp"

#include "ledger/journal/events.hpp"

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;
using events::role;

using account_context = casty::actor_context<Account>;
using Waiting = std::variant<Deposit, Withdraw, Send, Expect>;

// What the journal knows.
struct Written {
  std::int64_t balance_cents = 0;
  bool in_use = false;
  std::uint64_t batch = 0;               // the newest with events of the account
  std::vector<std::uint64_t> transfers;  // those settled in it, by id
};

void begin_batch(Written& account, std::uint64_t batch) {
  if (batch != account.batch) {
    account.batch = batch;
    account.transfers.clear();
  }
}

Written apply(Written account, const events::Settled& event) {
  begin_batch(account, event.batch);
  account.balance_cents += gain_of(event.as, event.cents);
  account.in_use = true;
  if (event.as == role::sender || event.as == role::receiver) {
    account.transfers.push_back(event.id);
  }
  return account;
}

Written keep_batch(Written account, const events::Refused& event) {
  begin_batch(account, event.batch);
  return account;
}

// What came too early. Most accounts have none: it is there only while it is needed.
struct Early {
  std::deque<Waiting> transactions = {};  // in the order of the file
  std::vector<Offer> offers = {};         // a heap, the earliest line on top
};

// The batch under way.
struct Book {
  std::int64_t balance_cents = 0;
  // Most accounts are at rest, and small.
  std::unique_ptr<Send> offered = {};     // to a receiver who has not answered
  std::unique_ptr<Expect> expected = {};  // of the transfer whose offer is awaited
  std::unique_ptr<Early> early = {};
  std::vector<casty::any_event<AccountEvents>> decided = {};
  bool is_read = false;  // the balance is that of the journal and of `decided`
  bool in_use = false;

  [[nodiscard]] bool is_busy() const { return expected || offered; }

  Early& early_ones() {
    if (!early) {
      early = std::make_unique<Early>();
    }
    return *early;
  }
};

bool is_later(const Offer& left, const Offer& right) { return left.id > right.id; }

class desk {
 public:
  explicit desk(casty::actor_ref<Outcomes> outcomes) : outcomes_(outcomes) {}

  template <class Transaction>
  casty::outcome take(account_context& ctx, const Written& written, const Transaction& next) {
    if (written.batch >= next.batch) {
      repeat(ctx, written, next);
    } else if (read(written).is_busy()) {
      book_.early_ones().transactions.emplace_back(next);
    } else {
      begin(ctx, next);
    }
    return behaviors::same;
  }

  casty::outcome hear_offer(account_context& ctx, const Written& written, const Offer& offer) {
    if (written.batch >= offer.batch) {
      if (offer.wants_answer) {
        offer.sender.tell(Answer{was_settled(written, offer.id)});
      }
    } else if (read(written).expected && book_.expected->id == offer.id) {
      answer_offer(*std::exchange(book_.expected, nullptr), offer);
      go_on(ctx);
    } else {
      keep_offer(offer);
    }
    return behaviors::same;
  }

  casty::outcome hear_answer(account_context& ctx, const Answer& answer) {
    const auto offered = std::exchange(book_.offered, nullptr);
    const Send& sent = *offered;
    if (answer.accepted) {
      book_.balance_cents -= sent.amount_cents;
      book_.in_use = true;
    }
    decide(answer.accepted,
           {sent.batch, sent.id, role::sender, sent.amount_cents, sent.receiver_name});
    go_on(ctx);
    return behaviors::same;
  }

  casty::effect<AccountEvents> commit(const Commit& asked) {
    asked.reply_to.tell(true);
    return casty::effect<AccountEvents>(std::exchange(book_.decided, {}));
  }

  casty::outcome tell_balance(const Written& written, const GetBalance& asked) {
    const Book& book = read(written);
    asked.reply_to.tell(Balance{book.balance_cents, book.in_use});
    return behaviors::same;
  }

 private:
  Book& read(const Written& written) {
    if (!book_.is_read) {
      book_.is_read = true;
      book_.balance_cents = written.balance_cents;
      book_.in_use = written.in_use;
    }
    return book_;
  }

  [[nodiscard]] static bool was_settled(const Written& written, std::uint64_t id) {
    return std::ranges::binary_search(written.transfers, id);
  }

  // What was decided before a crash. The other account of a transfer may have it still to do.
  template <class Transaction>
  void repeat(account_context& /*ctx*/, const Written& /*written*/, const Transaction& /*next*/) {
    outcomes_.tell(Settled{});
  }
  void repeat(account_context& ctx, const Written& written, const Send& next) {
    const std::int64_t cents = was_settled(written, next.id) ? next.amount_cents : 0;
    next.receiver.tell(Offer{next.batch, next.id, cents, false, ctx.self()});
    outcomes_.tell(Settled{});
  }
  void repeat(account_context& /*ctx*/, const Written& /*written*/, const Expect& /*next*/) {}

  void begin(account_context& /*ctx*/, const Deposit& next) {
    decide(add(next.amount_cents),
           {next.batch, next.id, role::depositor, next.amount_cents, {}});
  }
  void begin(account_context& /*ctx*/, const Withdraw& next) {
    const bool covered = next.amount_cents <= book_.balance_cents;
    if (covered) {
      book_.balance_cents -= next.amount_cents;
    }
    decide(covered, {next.batch, next.id, role::withdrawer, next.amount_cents, {}});
  }
  void begin(account_context& ctx, const Send& next) {
    if (next.amount_cents <= book_.balance_cents) {
      book_.offered = std::make_unique<Send>(next);
      next.receiver.tell(Offer{next.batch, next.id, next.amount_cents, true, ctx.self()});
    } else {
      next.receiver.tell(Offer{next.batch, next.id, 0, false, ctx.self()});
      decide(false,
             {next.batch, next.id, role::sender, next.amount_cents, next.receiver_name});
    }
  }
  void begin(account_context& /*ctx*/, const Expect& next) {
    if (has_offer(next.id)) {
      answer_offer(next, take_offer());
    } else {
      book_.expected = std::make_unique<Expect>(next);
    }
  }

  // The transfer under way is over: on with what waits, up to the next one that must wait.
  void go_on(account_context& ctx) {
    std::unique_ptr<Early>& early = book_.early;
    while (early && !early->transactions.empty() && !book_.is_busy()) {
      const Waiting next = std::move(early->transactions.front());
      early->transactions.pop_front();
      std::visit([&](const auto& transaction) { begin(ctx, transaction); }, next);
    }
    if (early && early->transactions.empty() && early->offers.empty()) {
      early.reset();
    }
  }

  void keep_offer(const Offer& offer) {
    std::vector<Offer>& offers = book_.early_ones().offers;
    offers.push_back(offer);
    std::ranges::push_heap(offers, is_later);
  }
  // Offers are taken in the order of the file, so the wanted one is the earliest or not here.
  [[nodiscard]] bool has_offer(std::uint64_t id) const {
    return book_.early && !book_.early->offers.empty() && book_.early->offers.front().id == id;
  }
  [[nodiscard]] Offer take_offer() {
    std::vector<Offer>& offers = book_.early->offers;
    std::ranges::pop_heap(offers, is_later);
    const Offer offer = offers.back();
    offers.pop_back();
    return offer;
  }

  // A refusal is the sender's: nothing has happened to this account.
  void answer_offer(const Expect& expected, const Offer& offer) {
    if (offer.amount_cents == 0) {
      return;
    }
    const bool accepted = add(offer.amount_cents);
    if (accepted) {
      book_.decided.emplace_back(events::Settled{offer.batch, offer.id, role::receiver,
                                                 offer.amount_cents, expected.sender_name});
    }
    if (offer.wants_answer) {
      offer.sender.tell(Answer{accepted});
    }
  }

  // False, and nothing done, when the balance would overflow.
  bool add(std::int64_t amount_cents) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(book_.balance_cents, amount_cents, &sum)) {
      return false;
    }
    book_.balance_cents = sum;
    book_.in_use = true;
    return true;
  }

  void decide(bool settled, events::Settled as) {
    if (settled) {
      book_.decided.emplace_back(std::move(as));
      outcomes_.tell(Settled{});
    } else {
      book_.decided.emplace_back(
          events::Refused{as.batch, as.id, as.as, as.cents, std::move(as.other)});
      outcomes_.tell(Refused{});
    }
  }

  casty::actor_ref<Outcomes> outcomes_;
  Book book_;
};

// The last snapshot is enough where nobody asks for the history.
constexpr casty::snapshot_policy balance_alone = {
    .events = 1, .keep = 1, .deletes_events = true};

}  // namespace

// It is never restarted, so that the desk can be made here.
casty::behavior<Account> account(account_parts parts) {
  const auto at = std::make_shared<desk>(parts.outcomes);
  const auto take = [at](account_context& ctx, const Written& written, const auto& next) {
    return at->take(ctx, written, next);
  };
  return behaviors::event_sourced(casty::event_sourcing{
      .entity_id = account_entity(parts.name),
      .journal = std::move(parts.journal),
      .initial_state = Written{},
      .on_event = casty::on_event<AccountEvents>(&apply, &keep_batch),
      .on_command = casty::on_command<Account>(
          [take](account_context& ctx, const Written& written, const Deposit& next) {
            return take(ctx, written, next);
          },
          [take](account_context& ctx, const Written& written, const Withdraw& next) {
            return take(ctx, written, next);
          },
          [take](account_context& ctx, const Written& written, const Send& next) {
            return take(ctx, written, next);
          },
          [take](account_context& ctx, const Written& written, const Expect& next) {
            return take(ctx, written, next);
          },
          [at](account_context& ctx, const Written& written, const Offer& offer) {
            return at->hear_offer(ctx, written, offer);
          },
          [at](account_context& ctx, const Answer& answer) {
            return at->hear_answer(ctx, answer);
          },
          [at](const Commit& asked) { return at->commit(asked); },
          [at](const Written& written, const GetBalance& asked) {
            return at->tell_balance(written, asked);
          }),
      .snapshots = parts.keeps_history ? casty::snapshot_policy{} : balance_alone,
  });
}

}  // namespace ledger
