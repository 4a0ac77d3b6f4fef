#include "simulation/disk.hpp"

#include <utility>
#include <vector>

namespace casty::simulation {

namespace {

constexpr duration takes_most = duration::milliseconds(2);
constexpr std::int64_t slow_by = 100;

}  // namespace

// Asks the disk, which asks what is kept.
class disk_journal final : public event_journal {
 public:
  disk_journal(disk& on, journal kept, process_number in)
      : on_(on), kept_(std::move(kept)), in_(in), process_(on.process_) {}

  void persist(std::string_view entity, std::uint64_t after, std::vector<stored_value> events,
               reply_to<journal_verdict> done) override {
    ask(true, std::move(done), [kept = kept_, name = std::string(entity), after,
                                all = std::move(events)](auto answer) {
      kept->persist(name, after, all, std::move(answer));
    });
  }
  void load(std::string_view entity, std::uint64_t after, std::size_t most,
            reply_to<event_page> done) override {
    ask(false, std::move(done), [kept = kept_, name = std::string(entity), after,
                                 most](auto answer) {
      kept->load(name, after, most, std::move(answer));
    });
  }
  void save_snapshot(std::string_view entity, stored_snapshot snapshot, std::uint32_t keep,
                     reply_to<journal_verdict> done) override {
    ask(true, std::move(done), [kept = kept_, name = std::string(entity),
                                made = std::move(snapshot), keep](auto answer) {
      kept->save_snapshot(name, made, keep, std::move(answer));
    });
  }
  void load_snapshot(std::string_view entity, reply_to<snapshot_answer> done) override {
    ask(false, std::move(done), [kept = kept_, name = std::string(entity)](auto answer) {
      kept->load_snapshot(name, std::move(answer));
    });
  }
  void delete_to(std::string_view entity, std::uint64_t sequence,
                 reply_to<journal_verdict> done) override {
    ask(true, std::move(done), [kept = kept_, name = std::string(entity), sequence](auto answer) {
      kept->delete_to(name, sequence, std::move(answer));
    });
  }
  void entities(std::string_view after, std::size_t most, reply_to<entity_page> done) override {
    ask(false, std::move(done), [kept = kept_, name = std::string(after), most](auto answer) {
      kept->entities(name, most, std::move(answer));
    });
  }
  void read(std::uint64_t after, std::size_t most, reply_to<placed_page> done) override {
    ask(false, std::move(done), [kept = kept_, after, most](auto answer) {
      kept->read(after, most, std::move(answer));
    });
  }

 private:
  // `act`: (reply_to<Answer>) -> void, and may be called off.
  template <class Answer, class Act>
  void ask(bool writes, reply_to<Answer> done, Act act) {
    if (process_ != on_.process_) {
      return;  // it is dead
    }
    on_.begin({.happens = [act = std::move(act), done](
                              bool is_told) { act(is_told ? done : reply_to<Answer>(ignored)); },
               .fails = [done](const journal_verdict& why) {
                 done.tell(casty::detail::refusal<Answer>(why));
               },
               .writes = writes},
              in_);
  }

  disk& on_;
  journal kept_;
  process_number in_;
  std::uint64_t process_;
};

journal disk::open(std::string_view name, process_number in) {
  const auto found = kept_.find(name);
  const journal& kept = found != kept_.end()
                            ? found->second
                            : kept_.emplace(std::string(name), in_memory_journal()).first->second;
  return journal(std::make_shared<disk_journal>(*this, kept, in));
}

void disk::begin(operation asked, process_number in) {
  under_way_.push_back(std::move(asked));
  if (under_way_.size() == 1) {
    finish_first(in);
  }
}

// One at a time, in order.
void disk::finish_first(process_number in) {
  in_.at(in_.now() + takes(), [this, in, process = process_] {
    if (process != process_) {
      return;
    }
    const operation first = std::move(under_way_.front());
    under_way_.pop_front();
    const bool is_refused =
        first.writes && (state_ == disk_state::failing || state_ == disk_state::full);
    if (!is_refused) {
      first.happens(true);
    } else if (state_ == disk_state::full) {
      first.fails({errc::full, "no space left on device"});
    } else {
      if (in_.below(2) == 0) {
        first.happens(false);
      }
      first.fails({errc::unavailable, "input/output error"});
    }
    in_.wake(in);
    if (!under_way_.empty()) {
      finish_first(in);
    }
  });
}

duration disk::takes() {
  const duration span = in_.below(takes_most);
  return state_ == disk_state::slow ? duration::nanoseconds(span.count() * slow_by) : span;
}

void disk::end_process() {
  ++process_;
  const std::uint64_t written = in_.below(under_way_.size() + 1);
  for (std::uint64_t each = 0; each < written; ++each) {
    if (!under_way_[each].writes || state_ != disk_state::full) {
      under_way_[each].happens(false);
    }
  }
  under_way_.clear();
}

}  // namespace casty::simulation
