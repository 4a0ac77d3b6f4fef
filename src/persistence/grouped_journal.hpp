/// @file
/// A journal over a store with transactions: callers leave operations in a queue, one thread takes
/// all there are, does them in one transaction, and answers when that is durable.
///
/// Layer: persistence, private.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "casty/persistence/journal.hpp"
#include "persistence/numbers.hpp"

namespace casty::detail {

// What a store has failed with; after a final one it is not asked again.
class store_failure : public error {
 public:
  store_failure(errc code, std::string_view detail, bool is_final) noexcept
      : error(code, detail), is_final_(is_final) {}
  [[nodiscard]] bool is_final() const noexcept { return is_final_; }

 private:
  bool is_final_;
};

struct append_request {
  std::string entity;
  std::uint64_t after;
  std::vector<stored_value> events;
};
struct load_request {
  std::string entity;
  std::uint64_t after;
  std::size_t most;
};
struct save_request {
  std::string entity;
  stored_snapshot snapshot;
  std::uint32_t keep;
};
struct find_request {
  std::string entity;
};
struct delete_request {
  std::string entity;
  std::uint64_t sequence;
};
struct list_request {
  std::string after;
  std::size_t most;
};
struct read_request {
  std::uint64_t after;
  std::size_t most;
};

/// The queue, and what empties it: the thread's too, so that it may outlive the journal.
///
/// @tparam Store  Used by the writer's thread alone, once it is made. For each kind of request
///                `run(request)` gives its answer, within `begin()` and `commit()`; what throws
///                is undone by `roll_back()`, which says whether it surely is. One that speaks
///                with a server may have `send` for each request and `sent()`, which are called
///                before the first `run`, and `prepare` before `begin`; and `after_commit()`, for
///                when all have their answers: the journal ends with what that throws. While it
///                `is_away()`, a journal that is let go of tries nothing more.
template <class Store>
class group_writer {
 public:
  template <class... Arguments>
  explicit group_writer(std::size_t group_max, const Arguments&... arguments)
      : group_max_(std::max<std::size_t>(group_max, 1)), store_(arguments...) {}

  template <class Answer, class Request>
  void put(reply_to<Answer> done, Request what) {
    auto made =
        std::make_unique<operation_of<Answer, Request>>(std::move(done), std::move(what));
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

  // What was put before is done.
  void end() {
    {
      const std::lock_guard lock(guard_);
      ends_ = true;
    }
    changed_.notify_one();
  }

  void write() {
    for (batch taken = take(); !taken.empty(); taken = take()) {
      const auto failed = commit_all(taken);
      if (failed && (taken.size() == 1 || !is_undone_)) {
        for (const auto& each : taken) {
          each->refuse(*failed);
        }
      } else if (failed) {
        // One of them stands in the way of the others: which, each alone will tell.
        for (const auto& each : taken) {
          if (const auto alone = commit_all({&each, 1})) {
            each->refuse(*alone);
          }
        }
      }
    }
  }

 private:
  class operation {
   public:
    operation() = default;
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;
    virtual ~operation() = default;

    // Again when another operation has undone it.
    virtual void prepare(Store& in) = 0;
    virtual void send(Store& in) = 0;
    virtual void run(Store& in) = 0;
    // After the transaction.
    virtual void answer() = 0;
    virtual void refuse(const journal_verdict& verdict) = 0;
  };

  template <class Answer, class Request>
  class operation_of final : public operation {
   public:
    operation_of(reply_to<Answer> done, Request what)
        : done_(std::move(done)), what_(std::move(what)) {}

    void prepare(Store& in) override {
      if constexpr (requires { in.prepare(what_); }) {
        in.prepare(what_);
      }
    }
    void send(Store& in) override {
      if constexpr (requires { in.send(what_); }) {
        in.send(what_);
      }
    }
    void run(Store& in) override { answer_ = in.run(what_); }
    void answer() override { done_.tell(std::move(answer_)); }
    void refuse(const journal_verdict& verdict) override { done_.tell(refusal<Answer>(verdict)); }

   private:
    reply_to<Answer> done_;
    Request what_;
    Answer answer_;
  };
  using batch = std::vector<std::unique_ptr<operation>>;

  [[nodiscard]] batch take() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    const auto count = std::min(waiting_.size(), group_max_);
    const auto last = waiting_.begin() + static_cast<long>(count);
    batch taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
    waiting_.erase(waiting_.begin(), last);
    return taken;
  }

  // Why nothing has been done, and nobody answered.
  [[nodiscard]] std::optional<journal_verdict> commit_all(
      std::span<const std::unique_ptr<operation>> all) {
    if (is_broken_) {
      return is_broken_;
    }
    try {
      for (const auto& each : all) {
        each->prepare(store_);
      }
      store_.begin();
      for (const auto& each : all) {
        each->send(store_);
      }
      if constexpr (requires { store_.sent(); }) {
        store_.sent();
      }
      for (const auto& each : all) {
        each->run(store_);
      }
      store_.commit();
    } catch (const std::exception& failed) {
      return undo(failed);
    }
    for (const auto& each : all) {
      each->answer();
    }
    if constexpr (requires { store_.after_commit(); }) {
      try {
        store_.after_commit();
      } catch (const std::exception& failed) {
        is_broken_ = verdict_of(failed);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] static journal_verdict verdict_of(const std::exception& why) {
    const auto* failed = dynamic_cast<const store_failure*>(&why);
    return {failed == nullptr ? errc::unavailable : failed->code(), why.what()};
  }

  // After a sync that has failed nothing is written any more: a later one might say that all is
  // well, and what the first should have written is lost.
  [[nodiscard]] journal_verdict undo(const std::exception& why) {
    is_undone_ = store_.roll_back();
    journal_verdict verdict = verdict_of(why);
    const auto* failed = dynamic_cast<const store_failure*>(&why);
    bool is_final = failed != nullptr && failed->is_final();
    if constexpr (requires { store_.is_away(); }) {
      is_final = is_final || (store_.is_away() && has_ended());
    }
    if (is_final) {
      is_broken_ = verdict;
    }
    return verdict;
  }
  [[nodiscard]] bool has_ended() {
    const std::lock_guard lock(guard_);
    return ends_;
  }

  const std::size_t group_max_;
  Store store_;                               // the writer's, once it runs
  std::optional<journal_verdict> is_broken_;  // the writer's: why nothing is written any more
  bool is_undone_ = true;  // the writer's: of what has failed last nothing was done
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<operation>> waiting_;
  bool ends_ = false;
};

template <class Store>
class grouped_journal final : public event_journal {
 public:
  template <class... Arguments>
  explicit grouped_journal(std::size_t group_max, const Arguments&... arguments)
      : writer_(std::make_shared<group_writer<Store>>(group_max, arguments...)),
        thread_([writer = writer_] { writer->write(); }) {}
  // What was asked before is done when this returns. Whoever lets go of a journal as it answers
  // does so in the writer's own thread, which cannot wait for itself: it is done soon after.
  ~grouped_journal() override {
    writer_->end();
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

  void persist(std::string_view entity, std::uint64_t after, std::vector<stored_value> events,
               reply_to<journal_verdict> done) override {
    writer_->put(std::move(done), append_request{std::string(entity), after, std::move(events)});
  }
  void load(std::string_view entity, std::uint64_t after, std::size_t most,
            reply_to<event_page> done) override {
    writer_->put(std::move(done), load_request{std::string(entity), after, most});
  }
  void save_snapshot(std::string_view entity, stored_snapshot snapshot, std::uint32_t keep,
                     reply_to<journal_verdict> done) override {
    if (snapshot.sequence > number_max) {
      return done.tell(no_such_snapshot(snapshot.sequence));
    }
    writer_->put(std::move(done), save_request{std::string(entity), std::move(snapshot), keep});
  }
  void load_snapshot(std::string_view entity, reply_to<snapshot_answer> done) override {
    writer_->put(std::move(done), find_request{std::string(entity)});
  }
  void delete_to(std::string_view entity, std::uint64_t sequence,
                 reply_to<journal_verdict> done) override {
    writer_->put(std::move(done), delete_request{std::string(entity), sequence});
  }
  void entities(std::string_view after, std::size_t most, reply_to<entity_page> done) override {
    writer_->put(std::move(done), list_request{std::string(after), most});
  }
  void read(std::uint64_t after, std::size_t most, reply_to<placed_page> done) override {
    writer_->put(std::move(done), read_request{after, most});
  }

 private:
  std::shared_ptr<group_writer<Store>> writer_;
  std::thread thread_;
};

}  // namespace casty::detail
