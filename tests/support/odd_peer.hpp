/// @file
/// A peer that shakes hands as it should, and then writes what a test likes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/frame.hpp"
#include "net/handshake.hpp"
#include "net/network.hpp"

namespace support {

/// At either end of a stream.
class odd_peer final : public casty::net::stream_events {
 public:
  odd_peer(const casty::net::node_terms& terms, bool calls, std::string then)
      : then_(std::move(then)) {
    if (calls) {
      calling_.emplace(terms, casty::net::lane::user, 1, casty::net::chance{1, 2, 3});
    } else {
      called_.emplace(terms, casty::net::chance{3, 2, 1});
    }
  }
  void take(std::unique_ptr<casty::net::stream> line) {
    if (line == nullptr || line_ != nullptr) {
      return;
    }
    line_ = std::move(line);
    line_->start(*this);
    if (calling_) {
      calling_->start(out_);
    }
    flush();
  }
  [[nodiscard]] bool has_met() const { return has_met_; }

 private:
  void received(casty::byte_view bytes) override {
    if (has_met_) {
      return;
    }
    reader_.feed(bytes);
    while (const auto got = reader_.next()) {
      if (calling_ ? !calling_->take(*got, out_) : !called_->take(*got, out_)) {
        continue;
      }
      has_met_ = true;
      if (called_) {
        called_->welcome(0, out_);
      }
      out_.append(then_.data(), then_.size());
      break;
    }
    flush();
  }
  void drained() override {
    is_writing_ = false;
    flush();
  }
  void closed(std::string_view) override {}
  void flush() {
    if (!is_writing_ && out_.size() != 0) {
      is_writing_ = true;
      std::swap(out_, writing_);
      out_.clear();
      line_->write(writing_.view());
    }
  }

  std::string then_;
  std::optional<casty::net::dialer> calling_;
  std::optional<casty::net::acceptor> called_;
  casty::net::frame_reader reader_;
  casty::wire::byte_buffer out_;
  casty::wire::byte_buffer writing_;
  std::unique_ptr<casty::net::stream> line_;
  bool has_met_ = false;
  bool is_writing_ = false;
};

}  // namespace support
