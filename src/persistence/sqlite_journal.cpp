// A journal in SQLite: callers leave operations in a queue, one thread takes all there are,
// does them in one transaction, and answers when that is durable.
#include "casty/persistence/sqlite_journal.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "persistence/sqlite/store.hpp"

namespace casty {

namespace {

class operation {
 public:
  operation() = default;
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;
  virtual ~operation() = default;

  // Within a transaction; again when another operation has undone it.
  virtual void run(sqlite::store& in) = 0;
  // After the transaction.
  virtual void answer() = 0;
  virtual void refuse(const journal_verdict& verdict) = 0;
};

[[nodiscard]] journal_verdict refusal_for(const journal_verdict&, const journal_verdict& why) {
  return why;
}
template <class Answer>
[[nodiscard]] Answer refusal_for(const Answer&, const journal_verdict& why) {
  Answer none;
  none.verdict = why;
  return none;
}

template <class Answer, class Do>
class operation_of final : public operation {
 public:
  operation_of(reply_to<Answer> done, Do what) : done_(std::move(done)), do_(std::move(what)) {}

  void run(sqlite::store& in) override { answer_ = do_(in); }
  void answer() override { done_.tell(std::move(answer_)); }
  void refuse(const journal_verdict& verdict) override {
    done_.tell(refusal_for(answer_, verdict));
  }

 private:
  reply_to<Answer> done_;
  Do do_;
  Answer answer_;
};

class sqlite_file final : public event_journal {
 public:
  sqlite_file(const std::string& path, const sqlite_options& options, const char* vfs)
      : group_max_(std::max(options.group_max, 1U)), store_(path, options, vfs) {
    writer_ = std::thread([this] { write(); });
  }
  // What was asked before is done.
  ~sqlite_file() override {
    {
      const std::lock_guard lock(guard_);
      ends_ = true;
    }
    changed_.notify_one();
    writer_.join();
  }

  void persist(std::string_view entity, std::uint64_t after, std::vector<stored_value> events,
               reply_to<journal_verdict> done) override {
    put(std::move(done), [name = std::string(entity), after,
                          events = std::move(events)](sqlite::store& in) {
      return in.persist(name, after, events);
    });
  }
  void load(std::string_view entity, std::uint64_t after, std::size_t most,
            reply_to<event_page> done) override {
    put(std::move(done), [name = std::string(entity), after, most](sqlite::store& in) {
      return in.load(name, after, most);
    });
  }
  void save_snapshot(std::string_view entity, stored_snapshot snapshot, std::uint32_t keep,
                     reply_to<journal_verdict> done) override {
    put(std::move(done), [name = std::string(entity), snapshot = std::move(snapshot),
                          keep](sqlite::store& in) {
      in.save_snapshot(name, snapshot, keep);
      return journal_verdict{};
    });
  }
  void load_snapshot(std::string_view entity, reply_to<snapshot_answer> done) override {
    put(std::move(done), [name = std::string(entity)](sqlite::store& in) {
      return in.load_snapshot(name);
    });
  }
  void delete_to(std::string_view entity, std::uint64_t sequence,
                 reply_to<journal_verdict> done) override {
    put(std::move(done), [name = std::string(entity), sequence](sqlite::store& in) {
      in.delete_to(name, sequence);
      return journal_verdict{};
    });
  }
  void entities(std::string_view after, std::size_t most, reply_to<entity_page> done) override {
    put(std::move(done), [name = std::string(after), most](sqlite::store& in) {
      return in.entities(name, most);
    });
  }
  void read(std::uint64_t after, std::size_t most, reply_to<placed_page> done) override {
    put(std::move(done),
        [after, most](sqlite::store& in) { return in.read(after, most); });
  }

 private:
  using batch = std::vector<std::unique_ptr<operation>>;

  template <class Answer, class Do>
  void put(reply_to<Answer> done, Do what) {
    auto made = std::make_unique<operation_of<Answer, Do>>(std::move(done), std::move(what));
    bool was_empty = false;
    {
      const std::lock_guard lock(guard_);
      was_empty = waiting_.empty();
      waiting_.push_back(std::move(made));
    }
    if (was_empty) {
      changed_.notify_one();
    }
  }

  [[nodiscard]] batch take() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    const auto count = std::min<std::size_t>(waiting_.size(), group_max_);
    const auto last = waiting_.begin() + static_cast<long>(count);
    batch taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
    waiting_.erase(waiting_.begin(), last);
    return taken;
  }

  void write() {
    for (batch taken = take(); !taken.empty(); taken = take()) {
      if (taken.size() == 1 || !commit_together(taken)) {
        // One of them stands in the way of the others: which, each alone will tell.
        for (const auto& each : taken) {
          commit_alone(*each);
        }
      }
    }
  }

  // False when nothing has been done and nobody answered.
  [[nodiscard]] bool commit_together(const batch& all) {
    if (is_broken_) {
      return false;
    }
    try {
      store_.begin();
      for (const auto& each : all) {
        each->run(store_);
      }
      store_.commit();
    } catch (const std::exception& failed) {
      undo(failed);
      return false;
    }
    for (const auto& each : all) {
      each->answer();
    }
    return true;
  }

  void commit_alone(operation& one) {
    if (is_broken_) {
      one.refuse(*is_broken_);
      return;
    }
    try {
      store_.begin();
      one.run(store_);
      store_.commit();
    } catch (const std::exception& failed) {
      one.refuse(undo(failed));
      return;
    }
    one.answer();
  }

  // After a sync that has failed nothing is written any more: a later one might say that all is
  // well, and what the first should have written is lost.
  journal_verdict undo(const std::exception& why) {
    store_.roll_back();
    const auto* failed = dynamic_cast<const sqlite::failure*>(&why);
    journal_verdict verdict{failed == nullptr ? errc::unavailable : failed->code(), why.what()};
    if (failed != nullptr && failed->is_final()) {
      is_broken_ = verdict;
    }
    return verdict;
  }

  const std::size_t group_max_;
  sqlite::store store_;                       // the writer's, once it runs
  std::optional<journal_verdict> is_broken_;  // the writer's: why nothing is written any more
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<operation>> waiting_;
  bool ends_ = false;
  std::thread writer_;
};

}  // namespace

journal sqlite_journal(const std::string& path, const sqlite_options& options) {
  if (path.empty()) {
    throw error(errc::bad_argument, "a journal needs a path");
  }
  return sqlite::open_journal(path, options, nullptr);
}

journal sqlite::open_journal(const std::string& path, const sqlite_options& options,
                             const char* vfs) {
  return journal(std::make_shared<sqlite_file>(path, options, vfs));
}

}  // namespace casty
