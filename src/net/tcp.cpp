#include "net/tcp.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <netinet/tcp.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <openssl/rand.h>

#include "casty/core/error.hpp"
#include "net/host_and_port.hpp"
#include "net/loop.hpp"

namespace casty::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// From the first retransmission. With a sign of life every second a peer that hears us no more is
// noticed within 4 s, though we hear it.
constexpr int user_timeout_ms = 2000;
constexpr std::size_t read_bytes = 64U << 10;
// After a call that could not be taken, for want of descriptors.
constexpr std::chrono::milliseconds accept_again_after{100};

std::string text_of(const tcp::endpoint& at) {
  const std::string host = at.address().to_string();
  return (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

// What stays until the last callback is over; then `events` is null.
struct tcp_state final : upcoming {
  tcp_state(loop& runs, tcp::socket made) : on(runs), socket(std::move(made)) {}

  // All was written.
  void happen() override {
    if (events != nullptr) {
      events->drained();
    }
  }

  loop& on;
  tcp::socket socket;
  stream_events* events = nullptr;
  std::array<std::byte, read_bytes> read = {};
};

void close(tcp_state& of, std::string_view why) {
  error_code ignored;
  of.socket.close(ignored);
  if (stream_events* events = std::exchange(of.events, nullptr); events != nullptr) {
    events->closed(why);
  }
}

void read_on(const std::shared_ptr<tcp_state>& of) {
  of->socket.async_read_some(asio::buffer(of->read),
                             [of](const error_code& failed, std::size_t count) {
                               if (of->events == nullptr) {
                                 return;
                               }
                               if (failed) {
                                 close(*of, failed.message());
                                 return;
                               }
                               of->events->received(byte_view(of->read).first(count));
                               if (of->events != nullptr) {
                                 read_on(of);
                               }
                             });
}

class tcp_stream final : public stream {
 public:
  tcp_stream(loop& on, tcp::socket made)
      : of_(std::make_shared<tcp_state>(on, std::move(made))) {
    error_code ignored;
    of_->socket.non_blocking(true, ignored);
    of_->socket.set_option(tcp::no_delay(true), ignored);
    of_->socket.set_option(
        asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>(user_timeout_ms),
        ignored);
  }
  ~tcp_stream() override {
    of_->events = nullptr;
    error_code ignored;
    of_->socket.close(ignored);
  }

  void start(stream_events& events) override {
    of_->events = &events;
    read_on(of_);
  }
  // At once, where there is room for all.
  void write(byte_view bytes) override {
    error_code failed_now;
    const std::size_t gone =
        of_->socket.write_some(asio::buffer(bytes.data(), bytes.size()), failed_now);
    if (gone == bytes.size()) {
      of_->on.soon(of_);
      return;
    }
    bytes = bytes.subspan(gone);
    asio::async_write(of_->socket, asio::buffer(bytes.data(), bytes.size()),
                      [of = of_](const error_code& failed, std::size_t) {
                        if (of->events == nullptr) {
                          return;
                        }
                        if (failed) {
                          close(*of, failed.message());
                        } else {
                          of->events->drained();
                        }
                      });
  }

 private:
  std::shared_ptr<tcp_state> of_;
};

struct timing {
  explicit timing(asio::io_context& in) : timer(in) {}
  asio::steady_timer timer;
  std::function<void()> then;
};

class timer_operation final : public operation {
 public:
  timer_operation(asio::io_context& in, duration span, std::function<void()> then)
      : of_(std::make_shared<timing>(in)) {
    of_->then = std::move(then);
    of_->timer.expires_after(std::chrono::nanoseconds(span.count()));
    of_->timer.async_wait([of = of_](const error_code& failed) {
      if (!failed && of->then) {
        std::exchange(of->then, nullptr)();
      }
    });
  }
  ~timer_operation() override {
    of_->then = nullptr;
    of_->timer.cancel();
  }

 private:
  std::shared_ptr<timing> of_;
};

struct calling {
  explicit calling(loop& runs) : on(runs), names(on.context()), socket(on.context()) {}
  loop& on;
  tcp::resolver names;
  tcp::socket socket;
  std::function<void(std::unique_ptr<stream>, std::string_view)> done;

  void end(const error_code& failed) {
    if (const auto call = std::exchange(done, nullptr)) {
      auto made = failed ? nullptr : std::make_unique<tcp_stream>(on, std::move(socket));
      call(std::move(made), failed.message());
    }
  }
};

class call_operation final : public operation {
 public:
  call_operation(loop& in, const host_and_port& to,
                 std::function<void(std::unique_ptr<stream>, std::string_view)> done)
      : of_(std::make_shared<calling>(in)) {
    of_->done = std::move(done);
    of_->names.async_resolve(
        to.host, to.port, [of = of_](const error_code& failed, const auto& found) {
          if (failed || !of->done) {
            of->end(failed);
            return;
          }
          asio::async_connect(of->socket, found,
                              [of](const error_code& refused, const tcp::endpoint&) {
                                of->end(refused);
                              });
        });
  }
  ~call_operation() override {
    of_->done = nullptr;
    of_->names.cancel();
    error_code ignored;
    of_->socket.close(ignored);
  }

 private:
  std::shared_ptr<calling> of_;
};

struct listening {
  explicit listening(loop& runs) : on(runs), socket(on.context()), again(on.context()) {}
  loop& on;
  tcp::acceptor socket;
  asio::steady_timer again;
  std::function<void(std::unique_ptr<stream>)> called;
};

void accept_on(const std::shared_ptr<listening>& of) {
  of->socket.async_accept([of](const error_code& failed, tcp::socket made) {
    if (!of->called) {
      return;
    }
    if (failed) {
      of->again.expires_after(accept_again_after);
      of->again.async_wait([of](const error_code& ended) {
        if (!ended && of->called) {
          accept_on(of);
        }
      });
      return;
    }
    of->called(std::make_unique<tcp_stream>(of->on, std::move(made)));
    if (of->called) {
      accept_on(of);
    }
  });
}

class listen_operation final : public operation {
 public:
  explicit listen_operation(std::shared_ptr<listening> of) : of_(std::move(of)) {}
  ~listen_operation() override {
    of_->called = nullptr;
    error_code ignored;
    of_->socket.close(ignored);
    of_->again.cancel();
  }

 private:
  std::shared_ptr<listening> of_;
};

}  // namespace

struct tcp_network::parts {
  loop on;
  std::string listens_at;
  std::map<std::string, std::string> address_map;
};

tcp_network::tcp_network(std::map<std::string, std::string> address_map)
    : parts_(std::make_unique<parts>()) {
  parts_->address_map = std::move(address_map);
}

tcp_network::~tcp_network() = default;

std::unique_ptr<operation> tcp_network::listen(
    const std::string& address, std::function<void(std::unique_ptr<stream>)> called) {
  const host_and_port at = parts_of(address);
  auto of = std::make_shared<listening>(parts_->on);
  of->called = std::move(called);
  try {
    tcp::resolver names(parts_->on.context());
    const tcp::endpoint local = *names.resolve(at.host, at.port, tcp::resolver::passive).begin();
    of->socket.open(local.protocol());
    of->socket.set_option(tcp::acceptor::reuse_address(true));
    of->socket.bind(local);
    of->socket.listen();
    parts_->listens_at = text_of(of->socket.local_endpoint());
  } catch (const boost::system::system_error& failed) {
    throw error(errc::unavailable, address + ": " + failed.code().message());
  }
  accept_on(of);
  return std::make_unique<listen_operation>(std::move(of));
}

std::unique_ptr<operation> tcp_network::connect(
    const std::string& address,
    std::function<void(std::unique_ptr<stream>, std::string_view why)> done) {
  const auto mapped = parts_->address_map.find(address);
  const std::string& there = mapped == parts_->address_map.end() ? address : mapped->second;
  return std::make_unique<call_operation>(parts_->on, parts_of(there), std::move(done));
}

std::unique_ptr<operation> tcp_network::after(duration span, std::function<void()> then) {
  return std::make_unique<timer_operation>(parts_->on.context(), span, std::move(then));
}

void tcp_network::call(std::function<void()> what) {
  parts_->on.call(std::move(what));
}

duration tcp_network::now() const {
  return duration::nanoseconds(std::chrono::nanoseconds(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

std::uint64_t tcp_network::chance() {
  std::uint64_t made = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&made), sizeof(made)) != 1) {
    throw error(errc::unavailable, "there is no chance to be had from OpenSSL");
  }
  return made;
}

const std::string& tcp_network::listens_at() const noexcept { return parts_->listens_at; }

void tcp_network::run() { parts_->on.run(); }

void tcp_network::stop() noexcept { parts_->on.stop(); }

void tcp_network::run_for(duration span) { parts_->on.run_for(span); }

event_source* tcp_network::source() noexcept { return &parts_->on; }

}  // namespace casty::net
