/// @file
/// A network in one thread and virtual time: what happens when, and to which connection, comes from
/// a seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "casty/core/error.hpp"
#include "net/network.hpp"
#include "support/bytes.hpp"

namespace support {

using casty::duration;

/// Time, chance, and what is under way.
class world {
 public:
  explicit world(std::uint64_t seed) : chance_(seed) {}

  [[nodiscard]] duration now() const { return now_; }
  std::uint64_t below(std::uint64_t bound) { return chance_() % bound; }
  std::uint64_t chance() { return chance_(); }

  void at(duration when, std::function<void()> then) {
    queue_.emplace(std::pair(when, ++number_), std::move(then));
  }
  void soon(std::function<void()> then) {
    at(now_ + duration::nanoseconds(static_cast<std::int64_t>(below(2'000'000))), std::move(then));
  }
  void run_for(duration span) {
    const duration end = now_ + span;
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      auto next = queue_.extract(queue_.begin());
      now_ = std::max(now_, next.key().first);
      next.mapped()();
    }
    now_ = end;
  }

  // Both directions: bytes stay where they are, and calls find nobody.
  void cut(const std::string& left, const std::string& right) { cuts_.insert({left, right}); }
  void heal() { cuts_.clear(); }
  [[nodiscard]] bool is_cut(const std::string& left, const std::string& right) const {
    return cuts_.contains({left, right}) || cuts_.contains({right, left});
  }

  std::map<std::string, std::function<void(std::unique_ptr<casty::net::stream>)>> listeners;
  std::size_t connections = 0;  // that were ever opened

 private:
  std::mt19937_64 chance_;
  duration now_ = duration::seconds(1);
  std::map<std::pair<duration, std::uint64_t>, std::function<void()>> queue_;
  std::uint64_t number_ = 0;
  std::set<std::pair<std::string, std::string>> cuts_;
};

/// One end of a connection.
struct stream_end {
  casty::net::stream_events* events = nullptr;
  bool is_closed = false;  // by its owner
  std::string coming;      // and not told yet
  std::string address;
  bool is_moving = false;
};

struct connection_state {
  stream_end ends[2];
  bool is_broken = false;
};

/// Those that are open, to be broken by a test.
using all_connections = std::vector<std::weak_ptr<connection_state>>;

class simulated_stream final : public casty::net::stream {
 public:
  simulated_stream(world& in, std::shared_ptr<connection_state> of, int end)
      : in_(in), of_(std::move(of)), end_(end) {}
  ~simulated_stream() override {
    of_->ends[end_].events = nullptr;
    of_->ends[end_].is_closed = true;
    tell_closed_later(in_, of_, 1 - end_);
  }

  void start(casty::net::stream_events& events) override {
    of_->ends[end_].events = &events;
    move(in_, of_, end_);
  }
  void write(casty::byte_view bytes) override {
    of_->ends[1 - end_].coming.append(text_of(bytes));
    move(in_, of_, 1 - end_);
    in_.soon([of = of_, end = end_] {
      if (auto* events = of->ends[end].events; events != nullptr) {
        events->drained();
      }
    });
  }

  static void break_both(world& in, const std::shared_ptr<connection_state>& of) {
    of->is_broken = true;
    for (const int end : {0, 1}) {
      in.soon([of, end] { tell_closed(*of, end); });
    }
  }

 private:
  // After what is still coming.
  static void tell_closed_later(world& in, const std::shared_ptr<connection_state>& of, int end) {
    in.soon([&in, of, end] {
      if (of->is_broken || of->ends[end].coming.empty() || of->ends[end].events == nullptr) {
        tell_closed(*of, end);
      } else {
        tell_closed_later(in, of, end);
      }
    });
  }
  static void tell_closed(connection_state& of, int end) {
    if (auto* events = std::exchange(of.ends[end].events, nullptr); events != nullptr) {
      events->closed("the connection is reset");
    }
  }
  // What is coming arrives in pieces, in order.
  static void move(world& in, const std::shared_ptr<connection_state>& of, int end) {
    stream_end& to = of->ends[end];
    if (to.is_moving || to.coming.empty()) {
      return;
    }
    to.is_moving = true;
    in.soon([&in, of, end] {
      stream_end& here = of->ends[end];
      here.is_moving = false;
      if (of->is_broken || here.is_closed) {
        return;
      }
      if (in.is_cut(of->ends[0].address, of->ends[1].address)) {
        in.at(in.now() + duration::milliseconds(100), [&in, of, end] { move(in, of, end); });
        return;
      }
      if (here.events != nullptr) {
        const std::size_t count = 1 + in.below(here.coming.size());
        const std::string piece = here.coming.substr(0, count);
        here.coming.erase(0, count);
        here.events->received(bytes_of(piece));
      }
      move(in, of, end);
    });
  }

  world& in_;
  std::shared_ptr<connection_state> of_;
  int end_;
};

class simulated_network final : public casty::net::network {
 public:
  simulated_network(world& in, std::string address, all_connections& open)
      : in_(in), address_(std::move(address)), open_(open) {}

  std::unique_ptr<casty::net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>)> called) override {
    if (!in_.listeners.emplace(address, std::move(called)).second) {
      throw casty::error(casty::errc::unavailable, address + ": it is taken");
    }
    return std::make_unique<ending>([this, address] { in_.listeners.erase(address); });
  }
  std::unique_ptr<casty::net::operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>, std::string_view)> done) override {
    return later(duration::milliseconds(1), [this, address, done = std::move(done)] {
      if (in_.is_cut(address_, address)) {
        return;
      }
      const auto found = in_.listeners.find(address);
      if (found == in_.listeners.end()) {
        done(nullptr, "connection refused");
        return;
      }
      const auto made = std::make_shared<connection_state>();
      made->ends[0].address = address_;
      made->ends[1].address = address;
      open_.push_back(made);
      ++in_.connections;
      found->second(std::make_unique<simulated_stream>(in_, made, 1));
      done(std::make_unique<simulated_stream>(in_, made, 0), "");
    });
  }
  std::unique_ptr<casty::net::operation> after(duration span, std::function<void()> then) override {
    return later(span, std::move(then));
  }
  void call(std::function<void()> what) override {
    calls_->push_back(std::move(what));
    in_.soon([waiting = std::weak_ptr(calls_)] {
      if (const auto calls = waiting.lock()) {
        const std::function<void()> next = std::move(calls->front());
        calls->pop_front();
        next();
      }
    });
  }
  [[nodiscard]] duration now() const override { return in_.now(); }
  [[nodiscard]] std::uint64_t chance() override { return in_.chance(); }

 private:
  class ending final : public casty::net::operation {
   public:
    explicit ending(std::function<void()> by) : by_(std::move(by)) {}
    ~ending() override { by_(); }

   private:
    std::function<void()> by_;
  };

  std::unique_ptr<casty::net::operation> later(duration span, std::function<void()> then) {
    auto alive = std::make_shared<bool>(true);
    in_.at(in_.now() + span, [alive, then = std::move(then)] {
      if (*alive) {
        then();
      }
    });
    return std::make_unique<ending>([alive] { *alive = false; });
  }

  world& in_;
  std::string address_;
  all_connections& open_;
  // What comes first runs first, whenever that is.
  std::shared_ptr<std::deque<std::function<void()>>> calls_ =
      std::make_shared<std::deque<std::function<void()>>>();
};

}  // namespace support
