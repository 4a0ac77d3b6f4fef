/// @file
/// A network whose connections can be broken, and are counted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/network.hpp"

namespace support {

/// Streams of another network.
class breakable_network final : public casty::net::network {
 public:
  explicit breakable_network(casty::net::network& below) : below_(below) {}

  std::unique_ptr<casty::net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>)> called) override {
    return below_.listen(address, [this, called = std::move(called)](auto made) {
      ++taken;
      called(std::make_unique<breakable>(*this, std::move(made)));
    });
  }
  std::unique_ptr<casty::net::operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>, std::string_view)> done) override {
    return below_.connect(address, [this, done = std::move(done)](auto made, auto why) {
      done(made == nullptr ? nullptr : std::make_unique<breakable>(*this, std::move(made)), why);
    });
  }
  std::unique_ptr<casty::net::operation> after(casty::duration span,
                                               std::function<void()> then) override {
    return below_.after(span, std::move(then));
  }
  void call(std::function<void()> what) override { below_.call(std::move(what)); }
  [[nodiscard]] casty::duration now() const override { return below_.now(); }
  [[nodiscard]] std::uint64_t chance() override { return below_.chance(); }

  void break_all() {
    for (breakable* each : std::vector(open_)) {
      each->break_off();
    }
  }

  std::size_t taken = 0;  // calls that were taken

 private:
  class breakable final : public casty::net::stream, private casty::net::stream_events {
   public:
    breakable(breakable_network& in, std::unique_ptr<casty::net::stream> of)
        : in_(in), of_(std::move(of)) {
      in_.open_.push_back(this);
    }
    ~breakable() override { std::erase(in_.open_, this); }

    void start(casty::net::stream_events& events) override {
      events_ = &events;
      of_->start(*this);
    }
    void write(casty::byte_view bytes) override {
      if (of_ != nullptr) {
        of_->write(bytes);
      }
    }
    void break_off() {
      of_.reset();
      ending_ = in_.after({}, [this] { closed("it broke"); });
    }

   private:
    void received(casty::byte_view bytes) override { events_->received(bytes); }
    void drained() override { events_->drained(); }
    void closed(std::string_view why) override {
      if (events_ != nullptr) {
        std::exchange(events_, nullptr)->closed(why);
      }
    }

    breakable_network& in_;
    std::unique_ptr<casty::net::stream> of_;
    casty::net::stream_events* events_ = nullptr;
    std::unique_ptr<casty::net::operation> ending_;
  };

  casty::net::network& below_;
  std::vector<breakable*> open_;
};

}  // namespace support
