/// @file
/// What `casty.toml` can say, as values: each key with its default and its unit.
///
/// Layer: config. Opt-in: not part of `casty/actor.hpp`.
#pragma once

#include <cstdint>
#include <memory>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casty/core/dispatcher.hpp"
#include "casty/core/log_level.hpp"
#include "casty/core/mailbox.hpp"
#include "casty/core/supervision.hpp"

namespace casty {

/// `[system]`
struct system_settings {
  std::string name = "casty";
  std::uint32_t workers = 0;  ///< threads that run actors; 0: one a core
  double shutdown_deadline_seconds = 10;

  friend bool operator==(const system_settings&, const system_settings&) = default;
};

/// `[log]`
struct log_settings {
  log_level level = log_level::info;

  friend bool operator==(const log_settings&, const log_settings&) = default;
};

/// `mailbox`, of the defaults or of an actor. What is absent is said by the defaults, then
/// by casty.
struct mailbox_settings {
  std::optional<std::uint32_t> capacity = {};  ///< messages that may wait; 0, any number
  std::optional<overflow> strategy = {};       ///< drop_new

  friend bool operator==(const mailbox_settings&, const mailbox_settings&) = default;
};

/// `supervision`. Said at all, it supervises each actor that its code does not supervise and
/// whose behavior can be copied: by `restart`, 3 times within 60 s.
struct supervision_settings {
  std::optional<directive> strategy = {};            ///< restart, when another key is said
  std::optional<std::uint32_t> max_restarts = {};    ///< 3
  std::optional<double> within_seconds = {};         ///< 60
  std::optional<double> backoff_min_seconds = {};    ///< 0, the default: no wait
  std::optional<double> backoff_max_seconds = {};    ///< 30
  std::optional<double> backoff_jitter = {};         ///< 0 to 1; 0.2
  std::optional<double> backoff_reset_seconds = {};  ///< 60

  friend bool operator==(const supervision_settings&, const supervision_settings&) = default;
};

/// `sharding`, for actors that are spread over a cluster.
struct sharding_settings {
  std::optional<std::uint32_t> num_shards = {};  ///< 100

  friend bool operator==(const sharding_settings&, const sharding_settings&) = default;
};

/// `replication` of such actors.
struct replication_settings {
  std::optional<std::uint32_t> replicas = {};  ///< 0
  std::optional<std::uint32_t> min_acks = {};  ///< 0, at most `replicas`
  std::optional<double> ack_timeout = {};      ///< seconds; 5

  friend bool operator==(const replication_settings&, const replication_settings&) = default;
};

/// `[defaults]`, `[actors.NAME]`, and what `settings_for` finds for one actor.
struct actor_settings {
  mailbox_settings mailbox = {};
  supervision_settings supervision = {};
  sharding_settings sharding = {};
  replication_settings replication = {};
  std::optional<casty::dispatcher> dispatcher = {};  ///< shared, blocking; shared

  friend bool operator==(const actor_settings&, const actor_settings&) = default;
};

/// One of `[actors]`. A name of letters, digits, `_` and `-` is meant exactly; any other is a
/// regular expression (ECMAScript) that a whole name must match.
struct named_actor_settings {
  std::string name;
  actor_settings settings = {};
  std::shared_ptr<const void> pattern = {};  ///< for casty: the expression, made ready

  friend bool operator==(const named_actor_settings& left, const named_actor_settings& right) {
    return left.name == right.name && left.settings == right.settings;
  }
};

/// `[cluster.gossip]`
struct gossip_settings {
  double interval = 1;       ///< seconds
  std::uint32_t fanout = 3;  ///< peers a round

  friend bool operator==(const gossip_settings&, const gossip_settings&) = default;
};

/// `[cluster.heartbeat]`, in seconds.
struct heartbeat_settings {
  double interval = 0.5;
  double availability_check_interval = 2;

  friend bool operator==(const heartbeat_settings&, const heartbeat_settings&) = default;
};

/// `[cluster.failure_detector]`
/// @source  Hayashibara et al. 2004, "The φ accrual failure detector".
struct failure_detector_settings {
  double threshold = 8;
  std::uint32_t max_sample_size = 200;
  double min_std_deviation_ms = 100;
  double acceptable_heartbeat_pause_ms = 3000;
  double first_heartbeat_estimate_ms = 1000;

  friend bool operator==(const failure_detector_settings&,
                         const failure_detector_settings&) = default;
};

/// `[cluster.tls]`: files in PEM format. All of them, or none.
struct tls_settings {
  std::optional<std::string> ca = {};
  std::optional<std::string> certificate = {};
  std::optional<std::string> key = {};

  friend bool operator==(const tls_settings&, const tls_settings&) = default;
};

/// `[cluster]`. What speaks of members is read, checked and kept, for the cluster that is to come.
struct cluster_settings {
  std::string host = "127.0.0.1";
  std::uint32_t port = 25520;                ///< 0: any that is free
  std::optional<std::string> advertise = {};  ///< "host:port" as others reach it, when that differs
  std::optional<std::string> secret = {};     ///< that all nodes know
  bool insecure = false;                      ///< neither secret nor certificates, off the loopback
  double unreachable_seconds = 10;            ///< then a node is lost
  /// "host:port" as a node says it, and as this one reaches it, where that differs.
  std::map<std::string, std::string> address_map = {};
  tls_settings tls = {};
  std::vector<std::string> seed_nodes = {};  ///< "host:port" each
  std::vector<std::string> roles = {};
  std::uint32_t required_quorum = 0;       ///< members to wait for at the start; 0: none
  gossip_settings gossip = {};
  heartbeat_settings heartbeat = {};
  failure_detector_settings failure_detector = {};

  friend bool operator==(const cluster_settings&, const cluster_settings&) = default;
};

/// All that a configuration file says, or does not say.
struct configuration {
  system_settings system = {};
  log_settings log = {};
  actor_settings defaults = {};
  std::vector<named_actor_settings> actors = {};  ///< in the order of the file
  cluster_settings cluster = {};

  friend bool operator==(const configuration&, const configuration&) = default;
};

/// What the configuration says of the actor of this name, key by key: its own entry before
/// the defaults. An exact name goes before expressions, of which the first that matches is
/// taken; an actor without a name has the defaults. Of a name that begins with `_`, casty's
/// own, nothing is said.
[[nodiscard]] actor_settings settings_for(const configuration& from, std::string_view name);

/// Empty when nothing is said.
[[nodiscard]] std::optional<mailbox> mailbox_of(const actor_settings& from) noexcept;
[[nodiscard]] std::optional<one_for_one_strategy> strategy_of(const actor_settings& from);

}  // namespace casty
