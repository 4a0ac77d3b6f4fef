#include "casty/cluster/system.hpp"

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "casty/config/settings.hpp"
#include "cluster/ground.hpp"
#include "cluster/node.hpp"
#include "net/tcp.hpp"
#include "net/threaded.hpp"
#include "net/tls.hpp"
#include "runtime/worker.hpp"

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

// By its host's name, where it was given one: the IP address may be another tomorrow, and
// certificates seldom name it.
std::string known_as(const cluster_options& options, const std::string& listens_at) {
  if (!options.advertise.empty()) {
    return options.advertise;
  }
  boost::system::error_code is_no_ip;
  (void)boost::asio::ip::make_address(options.host, is_no_ip);
  return !is_no_ip ? listens_at : options.host + listens_at.substr(listens_at.rfind(':'));
}

void check(const cluster_options& options) {
  if (options.name.empty()) {
    throw error(errc::bad_argument, "a cluster without a name");
  }
  if (options.advertise.empty() && (options.host == "0.0.0.0" || options.host == "::")) {
    throw error(errc::bad_argument, options.host +
                                        " is every address of the machine: advertise the one by "
                                        "which others know the node");
  }
  if (!is_loopback(options.host) && options.secret.empty() && !options.tls &&
      !options.insecure) {
    throw error(errc::bad_argument, options.host +
                                        " can be reached by others: give the node a secret or "
                                        "certificates, or say insecure");
  }
}

system_options system_options_of(const cluster_options& options) {
  return {.name = options.name,
          .workers = options.workers,
          .log = options.log,
          .log_to = options.log_to,
          .config = options.config};
}

std::unique_ptr<net::tls_network> tls_over(net::tcp_network& below, actor_system& system,
                                           const cluster_options& options) {
  if (!options.tls) {
    return nullptr;
  }
  const net::tls_options files{options.tls->ca, options.tls->certificate, options.tls->key};
  const net::tls_hooks hooks{.told = [log = system.log()](std::string_view why) {
    log.error("new certificates cannot be used, the old ones stay", {{"reason", why}});
  }};
  return std::make_unique<net::tls_network>(below, files, hooks);
}

// Sockets, and a thread that runs them.
class socket_ground final : public cluster::ground {
 public:
  socket_ground(actor_system& system, const cluster_options& options)
      : tcp_(options.address_map),
        listens_at_(listening_address(options)),
        tls_(tls_over(tcp_, system, options)) {}

  [[nodiscard]] net::network& network() noexcept override {
    return tls_ != nullptr ? static_cast<net::network&>(*tls_) : tcp_;
  }
  [[nodiscard]] const std::string& listens_at() const noexcept override { return listens_at_; }
  [[nodiscard]] std::uint64_t incarnation() const noexcept override {
    return net::new_incarnation();
  }
  void start() override { running_.emplace(tcp_); }
  void stop() noexcept override { running_.reset(); }

  void wait_until(const std::function<bool()>& done, duration longest) override {
    std::promise<void> ended;
    tcp_.call([&] { look(done, ended, tcp_.now() + longest); });
    ended.get_future().wait();
  }

 private:
  // Which port it is, only a listener knows.
  std::string listening_address(const cluster_options& options) {
    const auto listening =
        tcp_.listen(address_text(options.host, options.port), [](auto) {});
    return tcp_.listens_at();
  }
  void look(const std::function<bool()>& done, std::promise<void>& ended, duration until) {
    if (done() || tcp_.now() >= until) {
      looking_.reset();
      ended.set_value();
      return;
    }
    looking_ = tcp_.after(look_again_after,
                          [this, &done, &ended, until] { look(done, ended, until); });
  }

  net::tcp_network tcp_;
  std::string listens_at_;
  std::unique_ptr<net::tls_network> tls_;
  std::unique_ptr<net::operation> looking_;
  std::optional<net::network_thread> running_;
};

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
  made.address_map = said.address_map;
  made.unreachable_max =
      duration::nanoseconds(static_cast<std::int64_t>(said.unreachable_seconds * 1e9));
  made.config = from;
  return made;
}

struct clustered_actor_system::parts {
  parts(actor_system& system, const cluster_options& options, std::unique_ptr<cluster::ground> on)
      : ground(std::move(on)),
        address(known_as(options, ground->listens_at())),
        node(system, ground->network(),
             {.terms = {{address, ground->incarnation()}, options.name, options.secret},
              .unreachable_max = options.unreachable_max}) {
    node.listen(ground->listens_at());
    ground->start();
  }

  std::unique_ptr<cluster::ground> ground;
  std::string address;
  cluster::node node;
};

clustered_actor_system::clustered_actor_system(const cluster_options& options)
    : actor_system(system_options_of(options)) {
  check(options);
  parts_ = std::make_unique<parts>(*this, options, std::make_unique<socket_ground>(*this, options));
}

clustered_actor_system::clustered_actor_system(const cluster_options& options, const seams& on,
                                               std::unique_ptr<cluster::ground> ground)
    : actor_system(system_options_of(options), on),
      parts_(std::make_unique<parts>(*this, options, std::move(ground))) {}

// Its actors first, for they know the node; then what they have sent, but not long, for peers may
// not take it.
bool clustered_actor_system::wind_down() {
  (void)drain();
  const bool have_ended = terminate();
  parts_->ground->wait_until([this] { return parts_->node.is_idle(); }, send_off_most);
  return have_ended;
}

// Then nothing comes from the network any more.
clustered_actor_system::~clustered_actor_system() {
  const detail::waiting_outside here;  // it may be held by an actor of another system
  const bool have_ended = wind_down();
  parts_->ground->stop();
  if (!have_ended) {
    (void)parts_.release();  // some go on, and may send
  }
}

const std::string& clustered_actor_system::address() const noexcept { return parts_->address; }

detail::remoting& clustered_actor_system::remote() noexcept { return parts_->node; }

}  // namespace casty
