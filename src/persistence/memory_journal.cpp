#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "casty/persistence/journal.hpp"
#include "persistence/numbers.hpp"
#include "persistence/page_room.hpp"

namespace casty {

namespace {

struct kept_entity {
  std::uint64_t deleted = 0;  // events up to here are gone
  std::vector<stored_value> events;
  std::vector<stored_snapshot> snapshots;  // by their numbers

  [[nodiscard]] std::uint64_t last() const noexcept { return deleted + events.size(); }
};

// Where an event stands among all. Those of deleted events go once they are most.
struct place {
  std::uint64_t position;
  const std::pair<const std::string, kept_entity>* of;
  std::uint64_t sequence;
};

class memory_journal final : public event_journal {
 public:
  void persist(std::string_view entity, std::uint64_t after, std::vector<stored_value> events,
               reply_to<journal_verdict> done) override {
    done.tell(append(entity, after, events));
  }

  void load(std::string_view entity, std::uint64_t after, std::size_t most,
            reply_to<event_page> done) override {
    event_page page;
    {
      const std::lock_guard lock(guard_);
      if (const auto found = entities_.find(entity); found != entities_.end()) {
        const kept_entity& of = found->second;
        page.last = of.last();
        const std::uint64_t before = std::max(after, of.deleted);
        if (before < of.last()) {
          const auto first = of.events.begin() + static_cast<long>(before - of.deleted);
          const auto count = std::min<std::uint64_t>(most, of.last() - before);
          detail::page_room room;
          page.first = before + 1;
          page.events.assign(first, std::find_if(first, first + static_cast<long>(count),
                                                 [&room](const stored_value& each) {
                                                   return !room.takes(each.bytes.size());
                                                 }));
        }
      }
    }
    done.tell(std::move(page));
  }

  void save_snapshot(std::string_view entity, stored_snapshot snapshot, std::uint32_t keep,
                     reply_to<journal_verdict> done) override {
    if (snapshot.sequence > detail::number_max) {
      return done.tell(detail::no_such_snapshot(snapshot.sequence));
    }
    {
      const std::lock_guard lock(guard_);
      std::vector<stored_snapshot>& all = entry_of(entity).second.snapshots;
      const auto place = std::find_if(all.begin(), all.end(), [&](const stored_snapshot& each) {
        return each.sequence >= snapshot.sequence;
      });
      if (place != all.end() && place->sequence == snapshot.sequence) {
        *place = std::move(snapshot);
      } else {
        all.insert(place, std::move(snapshot));
      }
      if (all.size() > keep) {
        all.erase(all.begin(), all.end() - static_cast<long>(keep));
      }
    }
    done.tell({});
  }

  void load_snapshot(std::string_view entity, reply_to<snapshot_answer> done) override {
    snapshot_answer answer;
    {
      const std::lock_guard lock(guard_);
      const auto found = entities_.find(entity);
      if (found != entities_.end() && !found->second.snapshots.empty()) {
        answer.newest = found->second.snapshots.back();
      }
    }
    done.tell(std::move(answer));
  }

  void delete_to(std::string_view entity, std::uint64_t sequence,
                 reply_to<journal_verdict> done) override {
    {
      const std::lock_guard lock(guard_);
      if (const auto found = entities_.find(entity); found != entities_.end()) {
        kept_entity& of = found->second;
        const std::uint64_t until = std::min(sequence, of.last());
        if (until > of.deleted) {
          of.events.erase(of.events.begin(),
                          of.events.begin() + static_cast<long>(until - of.deleted));
          deleted_places_ += until - of.deleted;
          of.deleted = until;
          forget_deleted_places();
        }
      }
    }
    done.tell({});
  }

  void entities(std::string_view after, std::size_t most, reply_to<entity_page> done) override {
    entity_page page;
    {
      const std::lock_guard lock(guard_);
      for (auto each = entities_.upper_bound(after);
           each != entities_.end() && page.entities.size() < most; ++each) {
        if (each->second.last() != 0) {
          page.entities.push_back(each->first);
        }
      }
    }
    done.tell(std::move(page));
  }
  void read(std::uint64_t after, std::size_t most, reply_to<placed_page> done) override {
    placed_page page;
    {
      const std::lock_guard lock(guard_);
      detail::page_room room;
      for (auto at = std::ranges::upper_bound(places_, after, {}, &place::position);
           at != places_.end() && page.events.size() < most; ++at) {
        const auto& [name, of] = *at->of;
        const std::uint64_t sequence = at->sequence;
        if (sequence <= of.deleted) {
          continue;
        }
        const stored_value& event = of.events[sequence - of.deleted - 1];
        if (!room.takes(event.bytes.size())) {
          break;
        }
        page.events.push_back({at->position, name, sequence, event});
      }
    }
    done.tell(std::move(page));
  }

 private:
  [[nodiscard]] journal_verdict append(std::string_view entity, std::uint64_t after,
                                       std::vector<stored_value>& events) {
    const std::lock_guard lock(guard_);
    auto& named = entry_of(entity);
    kept_entity& of = named.second;
    if (after != of.last()) {
      return detail::conflict_after(after, std::to_string(of.last() + 1) + " is the next");
    }
    for (stored_value& each : events) {
      of.events.push_back(std::move(each));
      places_.push_back({++last_position_, &named, of.last()});
    }
    return {};
  }
  void forget_deleted_places() {
    if (deleted_places_ > places_.size() / 2) {
      std::erase_if(places_,
                    [](const place& each) { return each.sequence <= each.of->second.deleted; });
      deleted_places_ = 0;
    }
  }
  [[nodiscard]] std::pair<const std::string, kept_entity>& entry_of(std::string_view name) {
    const auto found = entities_.find(name);
    return found != entities_.end() ? *found : *entities_.try_emplace(std::string(name)).first;
  }

  std::mutex guard_;
  std::map<std::string, kept_entity, std::less<>> entities_;  // whose places in memory hold
  std::vector<place> places_;  // by position
  std::uint64_t deleted_places_ = 0;
  std::uint64_t last_position_ = 0;
};

}  // namespace

journal in_memory_journal() { return journal(std::make_shared<memory_journal>()); }

}  // namespace casty
