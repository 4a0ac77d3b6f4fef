/// @file
/// The network of production: TCP, through Asio.
///
/// Layer: net, private.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/network.hpp"

namespace casty::net {

/// Addresses are HOST:PORT or [IPV6]:PORT; hosts are looked up. Streams send at once (no delay),
/// and give up a peer whose machine acknowledges nothing for 2 s (TCP_USER_TIMEOUT).
///
/// While one thread is in `run`, others may run it through `source`, in place of that one, which
/// then only sees to it that somebody does. So whoever waits for a message handles it himself.
///
/// @thread  The one that runs it; `call` and `stop` any.
class tcp_network final : public network {
 public:
  /// `address_map`: where an address is called in place of itself.
  explicit tcp_network(std::map<std::string, std::string> address_map = {});
  ~tcp_network() override;

  [[nodiscard]] std::unique_ptr<operation> listen(
      const std::string& address, std::function<void(std::unique_ptr<stream>)> called) override;
  [[nodiscard]] std::unique_ptr<operation> connect(
      const std::string& address,
      std::function<void(std::unique_ptr<stream>, std::string_view why)> done) override;
  [[nodiscard]] std::unique_ptr<operation> after(duration span,
                                                 std::function<void()> then) override;
  void call(std::function<void()> what) override;
  [[nodiscard]] event_source* source() noexcept override;
  [[nodiscard]] duration now() const override;
  [[nodiscard]] std::uint64_t chance() override;

  /// Where the newest listener listens: the port is a number, also where 0 was asked for.
  [[nodiscard]] const std::string& listens_at() const noexcept;

  /// Runs what there is to do until `stop`.
  void run();
  void stop() noexcept;
  /// Runs what there is to do for so long.
  void run_for(duration span);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace casty::net
