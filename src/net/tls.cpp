#include "net/tls.hpp"

#include <utility>

#include "casty/core/error.hpp"
#include "net/host_and_port.hpp"
#include "net/tls_context.hpp"
#include "net/tls_stream.hpp"

namespace casty::net {

tls_network::tls_network(network& below, tls_options files, tls_hooks hooks)
    : below_(below), context_(std::make_unique<tls_context>(std::move(files), std::move(hooks))) {}

tls_network::~tls_network() = default;

void tls_network::reload() { context_->reload(); }

std::unique_ptr<operation> tls_network::listen(
    const std::string& address, std::function<void(std::unique_ptr<stream>)> called) {
  return below_.listen(address, [this, called = std::move(called)](std::unique_ptr<stream> plain) {
    std::unique_ptr<stream> made;
    try {
      made = tls_stream_of_caller(below_, std::move(plain), *context_);
    } catch (const error&) {
      return;  // no memory for another caller
    }
    called(std::move(made));
  });
}

std::unique_ptr<operation> tls_network::connect(
    const std::string& address,
    std::function<void(std::unique_ptr<stream>, std::string_view why)> done) {
  std::string host = parts_of(address).host;
  return below_.connect(address, [this, host = std::move(host), done = std::move(done)](
                                     std::unique_ptr<stream> plain, std::string_view why) {
    if (plain == nullptr) {
      done(nullptr, why);
      return;
    }
    std::unique_ptr<stream> made;
    try {
      made = tls_stream_to(host, below_, std::move(plain), *context_);
    } catch (const error& failed) {
      done(nullptr, failed.what());
      return;
    }
    done(std::move(made), "");
  });
}

std::unique_ptr<operation> tls_network::after(duration span, std::function<void()> then) {
  return below_.after(span, std::move(then));
}

void tls_network::call(std::function<void()> what) { below_.call(std::move(what)); }

duration tls_network::now() const { return below_.now(); }

std::uint64_t tls_network::chance() { return below_.chance(); }

}  // namespace casty::net
