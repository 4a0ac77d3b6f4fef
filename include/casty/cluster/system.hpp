/// @file
/// An actor system whose actors are told, asked and watched by those of other nodes.
///
/// Layer: cluster. May include persistence, runtime, config, wire, core, meta. Includes cereal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "casty/actor.hpp"
#include "casty/cluster/cards.hpp"
#include "casty/cluster/remoting.hpp"

namespace casty {

namespace cluster {
class ground;
}  // namespace cluster

/// Files in PEM format, as `casty-cert` makes them: who may sign the certificates of nodes, and
/// this node's own. They are read again when they have changed.
struct tls_files {
  std::string ca = {};
  std::string certificate = {};
  std::string key = {};
};

/// Options of a node.
struct cluster_options {
  /// Nodes of other names are refused. Names the system in logs, too.
  std::string name = "casty";
  /// Where it listens, and by what others know it; port 0: any that is free.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  /// HOST:PORT as other nodes reach it, where that is another: behind NAT, in a container, or where
  /// it listens at all addresses (0.0.0.0).
  std::string advertise = {};
  /// Where other nodes are called, by what they advertise, when that is somewhere else as seen from
  /// here. Certificates name what is advertised.
  std::map<std::string, std::string> address_map = {};
  /// What all nodes know and nobody else, to be proven by whoever calls.
  std::string secret = {};
  /// TLS 1.2 or later, with certificates on both sides.
  std::optional<tls_files> tls = {};
  /// Off the loopback a node with neither of these does not start, unless it is told to be
  /// insecure.
  bool insecure = false;
  /// A node that cannot be reached for so long is lost: see `node_lost`.
  duration unreachable_max = duration::seconds(10);
  /// Threads that run actors; 0: as many as there are cores.
  unsigned workers = 0;
  log_level log = log_level::as_configured;
  log_hook log_to = {};
  /// Of the system and its actors. Of the node: see `cluster_options_of`.
  shared_configuration config = {};
};

/// What `casty.toml` says of a node in `[system]` and `[cluster]`; and holds the rest.
[[nodiscard]] cluster_options cluster_options_of(const shared_configuration& from);

namespace detail {

template <class Protocol>
class finding_of final : public finding {
 public:
  explicit finding_of(reply_to<actor_ref<Protocol>> asker) : asker_(std::move(asker)) {}
  void found(const target& actor) override { asker_.tell(ref_access::make<Protocol>(actor)); }
  void fail(errc why) override { reply_access::fail(asker_, why); }

 private:
  reply_to<actor_ref<Protocol>> asker_;
};

// The flaw of the first message that cannot be sent.
template <class First, class... Rest>
consteval auto unsendable_among(meta::type_list<First, Rest...>) {
  if constexpr (sizeof...(Rest) == 0 || !wire::sendable<First>) {
    return wire::detail::flaw<First, wire::detail::to_node>{};
  } else {
    return unsendable_among(meta::type_list<Rest...>{});
  }
}
template <class Protocol>
using flaw_of_protocol = decltype(unsendable_among(messages_of<Protocol>{}));
template <class Protocol>
inline constexpr bool is_sendable =
    std::is_same_v<flaw_of_protocol<Protocol>, wire::detail::no_flaw>;

// Whether other nodes may find an actor of it; one of this node needs no change.
template <class Protocol>
inline constexpr bool can_be_found = is_sendable<Protocol> && wire::detail::has_a_name<Protocol>;

}  // namespace detail

/// A node. Refs and askers in messages go to other nodes and come back; what is sent between
/// actors of one node is never serialized.
///
/// Messages of one actor to another arrive in order, once at most: connections are opened again
/// and go on where they were, as long as both nodes live. Room is bounded: a ref to an actor of
/// another node is that of a mailbox with backpressure of 65,536 messages.
///
/// @thread  As `actor_system`.
class clustered_actor_system : public actor_system {
 public:
  /// @throws  `casty::error`: bad_argument; unavailable when it cannot listen or a file cannot be
  ///          used, with the reason.
  explicit clustered_actor_system(const cluster_options& options);
  /// By a file: `clustered_actor_system node(casty::load_config())`.
  explicit clustered_actor_system(const shared_configuration& from)
      : clustered_actor_system(cluster_options_of(from)) {}
  ~clustered_actor_system();

  /// HOST:PORT, as other nodes reach it.
  [[nodiscard]] const std::string& address() const noexcept;

  /// As `actor_system::spawn`. An actor with a name whose messages can all be sent is found by
  /// other nodes.
  template <class Protocol>
  actor_ref<Protocol> spawn(behavior<Protocol> first, std::string_view name = {},
                            const spawn_options& options = {}) {
    const actor_ref<Protocol> made = actor_system::spawn(std::move(first), name, options);
    if constexpr (detail::can_be_found<Protocol>) {
      if (!name.empty()) {
        remote().publish(detail::ref_access::get(made), wire::detail::card_of<Protocol>());
      }
    }
    return made;
  }

  /// The actor of that path ("/user/account") on a node (HOST:PORT, as the node says it is known).
  ///
  /// Fails with dead_target when there is none, schema_mismatch when its protocol bears another
  /// name or none of its messages is laid out as here, unavailable when the node is lost,
  /// bad_argument for what is no address, timeout.
  /// Messages that are laid out otherwise there are refused: see `schema_mismatch`.
  template <class Protocol>
  future<actor_ref<Protocol>> lookup(std::string_view path, std::string_view node) {
    detail::ask_block* block = detail::open_ask_for<actor_ref<Protocol>>(inside());
    auto asked = detail::ask_access::make<future<actor_ref<Protocol>>>(block);
    auto asker = detail::reply_access::make<actor_ref<Protocol>>(block);
    if constexpr (detail::is_sendable<Protocol>) {
      remote().find(path, node, wire::detail::card_of<Protocol>(),
                    std::make_unique<detail::finding_of<Protocol>>(std::move(asker)));
    } else {
      decltype(explain(detail::flaw_of_protocol<Protocol>{}))::see();
    }
    return asked;
  }

 protected:
  // On what a simulation gives.
  clustered_actor_system(const cluster_options& options, const seams& on,
                         std::unique_ptr<cluster::ground> ground);
  // Ends the actors, and waits until what they have sent was acknowledged, a second at most.
  //
  // False when some actors go on.
  bool wind_down();

 private:
  struct parts;

  [[nodiscard]] detail::remoting& remote() noexcept;

  std::unique_ptr<parts> parts_;
};

}  // namespace casty
