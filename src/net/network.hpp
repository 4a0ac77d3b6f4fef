/// @file
/// The seam to the network: streams of bytes between addresses, and time. Production has TCP
/// behind it, tests and simulations what they like; the code above is the same.
///
/// Everything but `call` happens on the one thread that runs the network, or on one at a time. What
/// a function here is given to call is called later, never within.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "casty/core/duration.hpp"
#include "casty/runtime/seams.hpp"
#include "casty/wire/bytes.hpp"

namespace casty::net {

/// What becomes of a stream.
class stream_events {
 public:
  /// The bytes are gone after the call.
  virtual void received(byte_view bytes) = 0;
  /// What was written is on its way: there is room for more.
  virtual void drained() = 0;
  /// The last word, once.
  virtual void closed(std::string_view why) = 0;

 protected:
  ~stream_events() = default;
};

/// A stream of bytes in both directions. Its end closes it, and then it tells nothing more; it may
/// be ended within its own events.
class stream {
 public:
  virtual ~stream() = default;
  /// Begins to tell what happens.
  virtual void start(stream_events& events) = 0;
  /// One at a time: the next after `drained`. The bytes, one at least, stay until then.
  virtual void write(byte_view bytes) = 0;
  /// Whether the peer, of whom something was received, has proven to be of that host. True where
  /// nobody proves anything.
  [[nodiscard]] virtual bool is_named(const std::string& /*host*/) const { return true; }
};

/// Something under way; its end calls it off, also within what it calls.
class operation {
 public:
  virtual ~operation() = default;
};

class network {
 public:
  virtual ~network() = default;

  /// Takes calls at an address, as long as the operation lives.
  ///
  /// @throws  `casty::error` of unavailable, with the reason; bad_argument for what is no address.
  [[nodiscard]] virtual std::unique_ptr<operation> listen(
      const std::string& address, std::function<void(std::unique_ptr<stream>)> called) = 0;
  /// Calls an address; `done` is given the stream, or why there is none.
  ///
  /// @throws  `casty::error` of bad_argument for what is no address.
  [[nodiscard]] virtual std::unique_ptr<operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<stream>, std::string_view why)> done) = 0;
  [[nodiscard]] virtual std::unique_ptr<operation> after(duration span,
                                                         std::function<void()> then) = 0;
  /// Has it run soon, on the network's thread: what one thread gives, in the order in which it was
  /// given. What has not run when the network ends is dropped.
  ///
  /// @thread  Any.
  virtual void call(std::function<void()> what) = 0;
  /// By which other threads run it that have nothing else to do; null where it has its own alone.
  [[nodiscard]] virtual event_source* source() noexcept { return nullptr; }

  [[nodiscard]] virtual duration now() const = 0;
  /// Uniform over all 64-bit numbers; nobody else can foretell them.
  [[nodiscard]] virtual std::uint64_t chance() = 0;
};

}  // namespace casty::net
