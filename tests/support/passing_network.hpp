/// @file
/// A network that passes everything on to another one, and a stream: what a test wants otherwise,
/// it overrides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/network.hpp"

namespace support {

class passing_network : public casty::net::network {
 public:
  explicit passing_network(casty::net::network& below) : below_(below) {}

  std::unique_ptr<casty::net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>)> called) override {
    return below_.listen(address, [this, called = std::move(called)](auto made) {
      called(over(std::move(made)));
    });
  }
  std::unique_ptr<casty::net::operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>, std::string_view)> done) override {
    return below_.connect(address, [this, done = std::move(done)](auto made, auto why) {
      done(made == nullptr ? nullptr : over(std::move(made)), why);
    });
  }
  std::unique_ptr<casty::net::operation> after(casty::duration span,
                                               std::function<void()> then) override {
    return below_.after(span, std::move(then));
  }
  void call(std::function<void()> what) override { below_.call(std::move(what)); }
  [[nodiscard]] casty::duration now() const override { return below_.now(); }
  [[nodiscard]] std::uint64_t chance() override { return below_.chance(); }

 private:
  /// The stream that is given in place of one below.
  virtual std::unique_ptr<casty::net::stream> over(std::unique_ptr<casty::net::stream> below) {
    return below;
  }

  casty::net::network& below_;
};

class passing_stream : public casty::net::stream, protected casty::net::stream_events {
 public:
  explicit passing_stream(std::unique_ptr<casty::net::stream> below) : below_(std::move(below)) {}

  void start(casty::net::stream_events& events) override {
    events_ = &events;
    below_->start(*this);
  }
  void write(casty::byte_view bytes) override {
    if (below_ != nullptr) {
      below_->write(bytes);
    }
  }
  [[nodiscard]] bool is_named(const std::string& host) const override {
    return below_ == nullptr || below_->is_named(host);
  }

 protected:
  void received(casty::byte_view bytes) override { events_->received(bytes); }
  void drained() override { events_->drained(); }
  void closed(std::string_view why) override {
    if (events_ != nullptr) {
      std::exchange(events_, nullptr)->closed(why);
    }
  }
  void end_below() { below_.reset(); }

 private:
  std::unique_ptr<casty::net::stream> below_;
  casty::net::stream_events* events_ = nullptr;
};

}  // namespace support
