#include "ledger/journal/audit.hpp"

#include <algorithm>
#include <utility>

namespace ledger {

namespace {

namespace behaviors = casty::behaviors;

struct AuditedEvents
    : casty::protocol<events::Settled, events::Refused, events::BatchDone> {};

}  // namespace

audit::known_account& audit::take(const casty::event_place& place, std::uint64_t id) {
  auto found = accounts_.find(account_in(place.entity));
  if (found == accounts_.end()) {
    found = accounts_.emplace(account_in(place.entity), known_account{}).first;
  }
  known_account& account = found->second;
  if (place.sequence != account.sequence + 1) {
    find_flaw(found->first + ": event " + std::to_string(account.sequence + 1) + " is missing");
  }
  if (id <= account.last_id) {
    find_flaw(found->first + ": transaction " + std::to_string(id) + " is there twice");
  }
  account.sequence = place.sequence;
  account.last_id = id;
  return account;
}

void audit::add(const casty::event_place& place, const events::Settled& event) {
  known_account& account = take(place, event.id);
  account.cents += gain_of(event.as, event.cents);
  account.in_use = true;
  if (account.cents < 0) {
    find_flaw(std::string(account_in(place.entity)) + ": less than nothing after transaction " +
              std::to_string(event.id));
  }
  if (event.as == events::role::sender) {
    open_[event.id] += event.cents;
  }
  if (event.as == events::role::receiver) {
    open_[event.id] -= event.cents;
  } else {
    ids_.push_back(event.id);
    ++counted_.settled;
  }
}

void audit::add(const casty::event_place& place, const events::Refused& event) {
  (void)take(place, event.id);
  ids_.push_back(event.id);
  ++counted_.refused;
}

void audit::add(const events::BatchDone& event) {
  std::ranges::sort(ids_);
  if (const auto twice = std::ranges::adjacent_find(ids_); twice != ids_.end()) {
    find_flaw("transaction " + std::to_string(*twice) + " is decided twice");
  }
  if (!ids_.empty()) {
    if (ids_.front() <= last_id_) {
      find_flaw("transaction " + std::to_string(ids_.front()) + " is decided in two batches");
    }
    last_id_ = ids_.back();
  }
  for (const auto& [id, cents] : open_) {
    if (cents != 0) {
      find_flaw("the transfer " + std::to_string(id) + " is on one side only");
    }
  }
  batches_ = event.batch;
  counts_.settled += counted_.settled;
  counts_.refused += counted_.refused;
  counted_ = {};
  ids_.clear();
  open_.clear();
}

std::vector<account_balance> audit::balances() const {
  std::vector<account_balance> all;
  for (const auto& [name, account] : accounts_) {
    if (account.in_use) {
      all.push_back({name, account.cents});
    }
  }
  return all;
}

void audit::find_flaw(std::string text) {
  if (flaw_.empty()) {
    flaw_ = std::move(text);
  }
}

casty::behavior<casty::projection_step> go_through(casty::journal journal,
                                                   std::shared_ptr<audit> result,
                                                   std::uint64_t batches,
                                                   casty::actor_ref<Milestone> reached) {
  const auto take = [result, batches](const casty::event_place& place, const auto& event) {
    if (event.batch <= batches) {
      result->add(place, event);
    }
  };
  return behaviors::project(casty::projection{
      .journal = std::move(journal),
      .offset = [] { return std::uint64_t{0}; },
      .on_event = casty::on_placed_event<AuditedEvents>(
          [take](const casty::event_place& place, const events::Settled& event) {
            take(place, event);
          },
          [take](const casty::event_place& place, const events::Refused& event) {
            take(place, event);
          },
          [result](const casty::event_place&, const events::BatchDone& event) {
            result->add(event);
          }),
      .on_page = [result, reached](
                     std::uint64_t) { reached.tell(Reached{result->batches()}); },
  });
}

}  // namespace ledger
