/// @file
/// A journal around another that waits, fails, throws or keeps silent when it is told to.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/persistence/journal.hpp"

// On one thread.
class faulty_journal final : public casty::event_journal {
 public:
  explicit faulty_journal(casty::journal around) : inner_(std::move(around)) {}

  void hold() { holds_ = true; }
  [[nodiscard]] std::size_t held() const { return waiting_.size(); }
  void go_on_with_one() {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
  }
  void go_on() {
    holds_ = false;
    while (!waiting_.empty()) {
      go_on_with_one();
    }
  }
  void fail_with(casty::journal_verdict verdict) { failure_ = std::move(verdict); }
  /// All but the first so many, as when the process has died.
  void fail_after(std::size_t persists) { left_ = persists; }
  void throw_next() { throws_ = true; }
  void drop_next() { drops_ = true; }

  void persist(std::string_view entity, std::uint64_t after,
               std::vector<casty::stored_value> events,
               casty::reply_to<casty::journal_verdict> done) override {
    if (std::exchange(throws_, false)) {
      throw std::runtime_error("the disk is on fire");
    }
    if (std::exchange(drops_, false)) {
      return;
    }
    if (left_ == 0) {
      done.tell({casty::errc::unavailable, "it is gone"});
      return;
    }
    left_ -= left_ == never ? 0 : 1;
    if (failure_.failed()) {
      done.tell(std::exchange(failure_, {}));
      return;
    }
    run([this, name = std::string(entity), after, events = std::move(events), done] {
      inner_->persist(name, after, events, done);
    });
  }
  void load(std::string_view entity, std::uint64_t after, std::size_t most,
            casty::reply_to<casty::event_page> done) override {
    loaded_after = after;
    run([this, name = std::string(entity), after, most, done] {
      inner_->load(name, after, most, done);
    });
  }
  void save_snapshot(std::string_view entity, casty::stored_snapshot snapshot, std::uint32_t keep,
                     casty::reply_to<casty::journal_verdict> done) override {
    if (fail_snapshots) {
      done.tell({casty::errc::full, "no room for snapshots"});
      return;
    }
    ++snapshots_saved;
    inner_->save_snapshot(entity, std::move(snapshot), keep, std::move(done));
  }
  void load_snapshot(std::string_view entity,
                     casty::reply_to<casty::snapshot_answer> done) override {
    run([this, name = std::string(entity), done] { inner_->load_snapshot(name, done); });
  }
  void delete_to(std::string_view entity, std::uint64_t sequence,
                 casty::reply_to<casty::journal_verdict> done) override {
    inner_->delete_to(entity, sequence, std::move(done));
  }
  void entities(std::string_view after, std::size_t most,
                casty::reply_to<casty::entity_page> done) override {
    inner_->entities(after, most, std::move(done));
  }

  void read(std::uint64_t after, std::size_t most,
            casty::reply_to<casty::placed_page> done) override {
    inner_->read(after, most, std::move(done));
  }

  int snapshots_saved = 0;
  std::uint64_t loaded_after = 0;
  bool fail_snapshots = false;

 private:
  void run(std::function<void()> what) {
    if (holds_) {
      waiting_.push_back(std::move(what));
    } else {
      what();
    }
  }

  casty::journal inner_;
  std::deque<std::function<void()>> waiting_;
  static constexpr auto never = static_cast<std::size_t>(-1);

  casty::journal_verdict failure_;
  std::size_t left_ = never;
  bool holds_ = false;
  bool throws_ = false;
  bool drops_ = false;
};

inline void store(casty::event_journal& to, std::string_view entity, std::uint64_t after,
                  std::vector<casty::stored_value> events) {
  to.persist(entity, after, std::move(events), casty::ignored);
}
