/// @file
/// A network whose connections can be broken, and are counted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/passing_network.hpp"

namespace support {

class breakable_network final : public passing_network {
 public:
  using passing_network::passing_network;

  std::unique_ptr<casty::net::operation> listen(
      const std::string& address,
      std::function<void(std::unique_ptr<casty::net::stream>)> called) override {
    return passing_network::listen(address, [this, called = std::move(called)](auto made) {
      ++taken;
      called(std::move(made));
    });
  }

  void break_all() {
    for (breakable* each : std::vector(open_)) {
      each->break_off();
    }
  }

  std::size_t taken = 0;  // calls that were taken

 private:
  class breakable final : public passing_stream {
   public:
    breakable(breakable_network& in, std::unique_ptr<casty::net::stream> below)
        : passing_stream(std::move(below)), in_(in) {
      in_.open_.push_back(this);
    }
    ~breakable() override { std::erase(in_.open_, this); }

    void break_off() {
      end_below();
      ending_ = in_.after({}, [this] { closed("it broke"); });
    }

   private:
    breakable_network& in_;
    std::unique_ptr<casty::net::operation> ending_;
  };

  std::unique_ptr<casty::net::stream> over(std::unique_ptr<casty::net::stream> below) override {
    return std::make_unique<breakable>(*this, std::move(below));
  }

  std::vector<breakable*> open_;
};

}  // namespace support
