#include "casty/cluster/system.hpp"

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "casty/config/settings.hpp"
#include "cluster/node.hpp"
#include "net/tcp.hpp"
#include "net/threaded.hpp"
#include "net/tls.hpp"

namespace casty {

namespace {

constexpr duration send_off_most = duration::seconds(1);
constexpr duration look_again_after = duration::milliseconds(2);

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string address_text(const std::string& host, std::uint16_t port) {
  const bool is_six = host.find(':') != std::string::npos;
  return (is_six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void check(const cluster_options& options) {
  if (options.name.empty()) {
    throw error(errc::bad_argument, "a cluster without a name");
  }
  if (!is_loopback(options.host) && options.secret.empty() && !options.tls &&
      !options.insecure) {
    throw error(errc::bad_argument, options.host +
                                        " can be reached by others: give the node a secret or "
                                        "certificates, or say insecure");
  }
}

// Which port it is, only a listener knows.
std::string listening_address(net::tcp_network& on, const cluster_options& options) {
  const auto listening = on.listen(address_text(options.host, options.port), [](auto) {});
  return on.listens_at();
}

std::optional<net::tls_network> tls_over(net::tcp_network& below, actor_system& system,
                                         const cluster_options& options) {
  if (!options.tls) {
    return std::nullopt;
  }
  const net::tls_options files{options.tls->ca, options.tls->certificate, options.tls->key};
  const net::tls_hooks hooks{.told = [log = system.log()](std::string_view why) {
    log.error("new certificates cannot be used, the old ones stay", {{"reason", why}});
  }};
  return std::optional<net::tls_network>(std::in_place, below, files, hooks);
}

}  // namespace

cluster_options cluster_options_of(const shared_configuration& from) {
  if (from.get() == nullptr) {
    return {};
  }
  const configuration& all = *from.get();
  const cluster_settings& said = all.cluster;
  cluster_options made;
  made.name = all.system.name;
  made.host = said.host;
  made.port = static_cast<std::uint16_t>(said.port);
  made.advertise = said.advertise.value_or("");
  made.secret = said.secret.value_or("");
  if (said.tls.ca && said.tls.certificate && said.tls.key) {
    made.tls = tls_files{*said.tls.ca, *said.tls.certificate, *said.tls.key};
  }
  made.insecure = said.insecure;
  made.unreachable_max =
      duration::nanoseconds(static_cast<std::int64_t>(said.unreachable_seconds * 1e9));
  made.config = from;
  return made;
}

struct clustered_actor_system::parts {
  parts(actor_system& system, const cluster_options& options)
      : listens_at(listening_address(network, options)),
        address(options.advertise.empty() ? listens_at : options.advertise),
        tls(tls_over(network, system, options)),
        node(system, tls ? static_cast<net::network&>(*tls) : network,
             {.terms = {{address, net::new_incarnation()}, options.name, options.secret},
              .unreachable_max = options.unreachable_max}) {
    node.listen(listens_at);
    running.emplace(network);
  }

  // Not long, for peers that do not take it.
  void wait_until_sent() {
    std::promise<void> sent;
    network.call([this, &sent] { look_until_sent(sent, network.now() + send_off_most); });
    sent.get_future().wait();
  }
  void look_until_sent(std::promise<void>& sent, duration until) {
    if (node.is_idle() || network.now() >= until) {
      looking.reset();
      sent.set_value();
      return;
    }
    looking = network.after(look_again_after, [this, &sent, until] {
      look_until_sent(sent, until);
    });
  }

  net::tcp_network network;
  std::string listens_at;
  std::string address;
  std::optional<net::tls_network> tls;
  cluster::node node;
  std::unique_ptr<net::operation> looking;
  std::optional<net::network_thread> running;
};

clustered_actor_system::clustered_actor_system(const cluster_options& options)
    : actor_system(system_options{.name = options.name,
                                  .workers = options.workers,
                                  .log = options.log,
                                  .log_to = options.log_to,
                                  .config = options.config}) {
  check(options);
  parts_ = std::make_unique<parts>(*this, options);
}

// Its actors first, for they know the node; then what they have sent; then nothing comes from the
// network any more.
clustered_actor_system::~clustered_actor_system() {
  (void)drain();
  const bool have_ended = terminate();
  parts_->wait_until_sent();
  parts_->running.reset();
  if (!have_ended) {
    (void)parts_.release();  // some go on, and may send
  }
}

const std::string& clustered_actor_system::address() const noexcept { return parts_->address; }

detail::remoting& clustered_actor_system::remote() noexcept { return parts_->node; }

}  // namespace casty
